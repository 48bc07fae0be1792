package io.mangonel.workbench.simulation;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.EdgeKind;
import io.mangonel.core.graph.StageEdge;
import io.mangonel.core.graph.StageKind;
import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.record.JobPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/**
 * Some plan: up to five stages of up to four tasks, a quarter of them not deterministic; a quarter
 * of the plans write what the last of them makes.
 */
final class RandomPlan {
  private static final int STAGES_MAX = 5;
  private static final int TASKS_MAX = 4;
  private static final int WRITES_ONE_IN = 4;

  private RandomPlan() {}

  /** A plan that comes with its submit; of many it is one task. */
  static JobPlan submitted(Random random, Bytes body) {
    var stages =
        random.nextBoolean()
            ? List.of(new StageSpec(0, 1, List.of(), random.nextInt(4) > 0))
            : stages(random);
    return new JobPlan(
        stages, body, readsOnly(stages) && random.nextInt(4) > 0, random.nextBoolean());
  }

  private static boolean readsOnly(List<StageSpec> stages) {
    return stages.getLast().kind() != StageKind.PUBLISH;
  }

  static List<StageSpec> stages(Random random) {
    var stages = new ArrayList<StageSpec>();
    var read = new TreeSet<Integer>();
    int count = 1 + random.nextInt(STAGES_MAX);
    for (int id = 0; id < count; id++) {
      boolean root = id == count - 1;
      int tasks = root && random.nextBoolean() ? 1 : 1 + random.nextInt(TASKS_MAX);
      var inputs = new ArrayList<StageEdge>();
      for (int producer = 0; producer < id; producer++) {
        if ((root && !read.contains(producer)) || random.nextInt(3) == 0) {
          read.add(producer);
          boolean same = stages.get(producer).tasks() == tasks && random.nextBoolean();
          EdgeKind kind = random.nextBoolean() ? EdgeKind.ALL : EdgeKind.HASH;
          inputs.add(new StageEdge(producer, same ? EdgeKind.SAME : kind));
        }
      }
      stages.add(new StageSpec(id, tasks, inputs, random.nextInt(4) > 0));
    }
    return random.nextInt(WRITES_ONE_IN) > 0 ? stages : writing(stages);
  }

  /** The same stages, whose rows are written and then published. */
  private static List<StageSpec> writing(List<StageSpec> rows) {
    var stages = new ArrayList<>(rows);
    StageSpec root = stages.removeLast();
    stages.add(
        new StageSpec(
            root.id(), root.tasks(), root.inputs(), root.deterministic(), StageKind.WRITE));
    var written = List.of(new StageEdge(root.id(), EdgeKind.ALL));
    stages.add(new StageSpec(root.id() + 1, 1, written, true, StageKind.PUBLISH));
    return stages;
  }
}
