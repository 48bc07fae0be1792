package io.mangonel.scheduler.peer;

import io.mangonel.core.Bytes;
import io.mangonel.core.owner.Effect;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.scheduler.job.JobDirectory;
import io.mangonel.wire.Limits;
import io.mangonel.wire.executor.ExecutorMessages.LaunchBatch;
import io.mangonel.wire.executor.ExecutorMessages.Peer;
import io.mangonel.wire.executor.ExecutorMessages.PlanBytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Launches with all that an executor needs to run them, in messages of bounded size. */
public final class LaunchBatches {
  /** What one launch takes beside its plan and its inputs. */
  private static final int LAUNCH_BYTES = 1 << 10;

  /** What an input takes with one file, mostly names; and each further file. */
  private static final int INPUT_BYTES = 256;

  private static final int FILE_BYTES = 128;

  private final Incarnation self;
  private final JobDirectory jobs;
  private final ExecutorDirectory executors;

  public LaunchBatches(Incarnation self, JobDirectory jobs, ExecutorDirectory executors) {
    this.self = self;
    this.jobs = jobs;
    this.executors = executors;
  }

  /** Launches of a job whose plan is gone are left out: the job has ended. */
  List<LaunchBatch> of(Effect.LaunchTasks effect) {
    List<LaunchBatch> batches = new ArrayList<>();
    List<TaskLaunch> launches = new ArrayList<>();
    Map<String, PlanBytes> plans = new LinkedHashMap<>();
    int bytes = 0;
    for (TaskLaunch launch : effect.launches()) {
      Optional<PlanBytes> plan = plan(launch);
      if (plan.isEmpty()) {
        continue;
      }
      launches.add(launch);
      bytes += LAUNCH_BYTES + bytesOfInputs(launch);
      if (plans.putIfAbsent(launch.id().job() + "/" + launch.id().stage(), plan.get()) == null) {
        bytes += plan.get().plan().length();
      }
      if (bytes >= Limits.BATCH_BYTES_MAX) {
        batches.add(batch(effect.incarnation(), launches, plans));
        launches.clear();
        plans.clear();
        bytes = 0;
      }
    }
    if (!launches.isEmpty()) {
      batches.add(batch(effect.incarnation(), launches, plans));
    }
    return batches;
  }

  private static int bytesOfInputs(TaskLaunch launch) {
    return launch.inputs().stream()
        .mapToInt(input -> INPUT_BYTES + FILE_BYTES * input.files().size())
        .sum();
  }

  private LaunchBatch batch(
      Incarnation target, List<TaskLaunch> launches, Map<String, PlanBytes> plans) {
    List<Peer> peers = new ArrayList<>();
    for (ExecutorId producer : ExecutorCalls.producers(launches)) {
      executors.address(producer).ifPresent(address -> peers.add(new Peer(producer, address)));
    }
    return new LaunchBatch(target, self, launches, List.copyOf(plans.values()), peers);
  }

  private Optional<PlanBytes> plan(TaskLaunch launch) {
    int stage = launch.id().stage();
    return jobs.inMemory(launch.id().job())
        .flatMap(jobs::plan)
        .map(
            plan -> {
              Bytes bytes = plan.stageBytes().get(stage);
              return new PlanBytes(launch.id().job(), stage, bytes);
            });
  }
}
