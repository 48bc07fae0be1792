package io.mangonel.workbench.simulation;

import io.mangonel.core.graph.EdgeKind;
import io.mangonel.core.graph.StageEdge;
import io.mangonel.core.graph.StageSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** Some plan: up to five stages of up to four tasks, a quarter of them not deterministic. */
final class RandomPlan {
  private static final int STAGES_MAX = 5;
  private static final int TASKS_MAX = 4;

  private RandomPlan() {}

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
    return stages;
  }
}
