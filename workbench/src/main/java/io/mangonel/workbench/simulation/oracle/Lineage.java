package io.mangonel.workbench.simulation.oracle;

import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows that simulated tasks make. An attempt of a stage that is not deterministic makes rows
 * that no other attempt makes; all others make what their inputs say. So rows are told apart by the
 * attempts they descend from, and attempts with the same descent made the same rows.
 */
final class Lineage {
  /** Of each partition whose rows are like no other's, the attempt that made them. */
  record Rows(Map<String, TaskAttemptId> sources, boolean mixed) {
    Rows {
      sources = new TreeMap<>(sources);
    }

    static Rows none() {
      return new Rows(new TreeMap<>(), false);
    }

    /** These and those side by side: two makings of one partition must never meet. */
    Rows with(Rows other) {
      var both = new TreeMap<>(sources);
      boolean met = mixed || other.mixed;
      for (var source : other.sources.entrySet()) {
        TaskAttemptId before = both.put(source.getKey(), source.getValue());
        met |= before != null && !before.equals(source.getValue());
      }
      return new Rows(both, met);
    }
  }

  private final Map<JobId, TreeMap<Long, List<StageSpec>>> plans = new TreeMap<>();
  private final Map<TaskAttemptId, Rows> rows = new TreeMap<>();

  /** A plan of the epoch: planned again, it may come out otherwise. */
  void planned(JobId job, long epoch, List<StageSpec> stages, boolean counts) {
    var epochs = plans.computeIfAbsent(job, _ -> new TreeMap<>());
    if (counts || !epochs.containsKey(epoch)) {
      epochs.put(epoch, stages);
    }
  }

  /** The plan that an attempt belongs to. */
  List<StageSpec> plan(TaskAttemptId id) {
    return entry(id).getValue();
  }

  /** The epoch in which that was made. */
  long planEpoch(TaskAttemptId id) {
    return entry(id).getKey();
  }

  private Map.Entry<Long, List<StageSpec>> entry(TaskAttemptId id) {
    var epochs = plans.get(id.job());
    var plan = epochs == null ? null : epochs.floorEntry(id.launchEpoch());
    if (plan == null) {
      throw new AssertionError("never planned: " + id);
    }
    return plan;
  }

  StageSpec spec(TaskAttemptId id) {
    return plan(id).get(id.stage());
  }

  static String place(TaskAttemptId id) {
    return id.stage() + "/" + id.partition();
  }

  /** An attempt read its inputs and wrote its rows. */
  void wrote(TaskLaunch launch) {
    Rows made = Rows.none();
    for (InputLocation input : launch.inputs()) {
      made = made.with(of(input.producer()));
    }
    if (!spec(launch.id()).deterministic()) {
      var own = new TreeMap<String, TaskAttemptId>();
      own.put(place(launch.id()), launch.id());
      made = made.with(new Rows(own, false));
    }
    rows.put(launch.id(), made);
  }

  /** What an attempt wrote. */
  Rows of(TaskAttemptId id) {
    Rows made = rows.get(id);
    Oracle.check(made != null, "read what was never written: " + id);
    return made == null ? Rows.none() : made;
  }

  @Nullable Rows ifWritten(TaskAttemptId id) {
    return rows.get(id);
  }

  /** Every partition that an attempt of this place must read, as {@code stage/partition}. */
  List<String> inputsOf(TaskAttemptId id) {
    var places = new ArrayList<String>();
    var plan = plan(id);
    for (var edge : plan.get(id.stage()).inputs()) {
      for (int p = 0; p < plan.get(edge.producer()).tasks(); p++) {
        boolean reads =
            switch (edge.kind()) {
              case SAME -> p == id.partition();
              case ALL, HASH -> true;
            };
        if (reads) {
          places.add(edge.producer() + "/" + p);
        }
      }
    }
    return places;
  }
}
