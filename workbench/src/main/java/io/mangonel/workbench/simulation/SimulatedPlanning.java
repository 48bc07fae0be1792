package io.mangonel.workbench.simulation;

import io.mangonel.core.Bytes;
import io.mangonel.core.owner.Event;
import io.mangonel.core.record.JobPlan;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.task.JobId;
import io.mangonel.workbench.simulation.oracle.Oracle;
import io.mangonel.workbench.simulation.world.Fault;
import io.mangonel.workbench.simulation.world.World;

/** How a scheduler comes by the plans of its jobs. */
final class SimulatedPlanning {
  private static final int PLAN_MAX_MS = 300;
  private static final int SLOW_PLAN_MAX_MS = 6_000;
  private static final int LARGE_PLAN_BYTES = 700_000;
  private static final int LARGE_PLAN_EVERY = 8;

  private final SimulatedScheduler scheduler;
  private final World world;
  private final Oracle oracle;

  SimulatedPlanning(SimulatedScheduler scheduler) {
    this.scheduler = scheduler;
    this.world = scheduler.simulation().world;
    this.oracle = scheduler.simulation().oracle;
  }

  /** Takes its time, and may fail. */
  void plan(JobId id) {
    int longest = world.happens(Fault.PLANNING_SLOW) ? SLOW_PLAN_MAX_MS : PLAN_MAX_MS;
    world.after(
        1 + world.random.nextInt(longest), () -> scheduler.process().arrive(() -> planned(id)));
  }

  private void planned(JobId id) {
    if (world.happens(Fault.PLANNING_FAILED)) {
      scheduler.step(new Event.PlanningFailed(id, "no such table", false));
      return;
    }
    var stages = RandomPlan.stages(world.random); // Planned again, it may come out otherwise.
    boolean counts = scheduler.hasKey(); // Else nothing of it is ever stored.
    scheduler.job(id).ifPresent(job -> oracle.planned(id, job.epoch(), stages, counts));
    scheduler.step(new Event.JobSubmitted(id, new JobPlan(stages, body())));
  }

  private Bytes body() {
    boolean large = world.random.nextInt(LARGE_PLAN_EVERY) == 0;
    return Bytes.of(new byte[large ? LARGE_PLAN_BYTES : 100]);
  }

  /**
   * A client's statement, of which the store knew nothing a moment ago; perhaps with its plan.
   *
   * @param first whether its client says that it sends it for the first time
   */
  void submit(JobId id, JobRequest request, boolean first) {
    if (world.random.nextBoolean()) {
      scheduler.receive(new Event.JobQueued(id, request));
      return;
    }
    JobPlan plan = RandomPlan.submitted(world.random, body());
    if (scheduler.job(id).isPresent()) {
      scheduler.receive(
          new Event.JobQueued(id, request, plan, first)); // The same event once more: ignored.
      return;
    }
    oracle.planned(id, 1, plan.stages());
    oracle.submittedWith(id, plan, scheduler.self(), first);
    scheduler.receive(new Event.JobQueued(id, request, plan, first));
  }
}
