package io.mangonel.workbench.simulation;

import io.mangonel.core.agent.AgentEvent;
import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.workbench.simulation.oracle.LaunchWatch;
import io.mangonel.workbench.simulation.world.World;
import java.util.function.Consumer;

/** What a scheduler says to executors. */
final class SimulatedCalls {
  private static final long UNANSWERED_CALL_MS = 300;

  private final SimulatedScheduler scheduler;
  private final Simulation simulation;
  private final World world;
  private final String address;
  private final LaunchWatch launches;

  SimulatedCalls(SimulatedScheduler scheduler, LaunchWatch launches) {
    this.scheduler = scheduler;
    this.simulation = scheduler.simulation();
    this.world = simulation.world;
    this.address = scheduler.address();
    this.launches = launches;
  }

  /** If it is about an executor. */
  void perform(Effect effect) {
    Incarnation self = scheduler.self();
    switch (effect) {
      case Effect.ReserveSlots(var id, var run, long request, int wanted, long ttl) ->
          call(
              id,
              executor -> executor.slotsRequested(address, run, self, request, wanted, ttl),
              new Event.SlotsUnanswered(id, run, request));
      case Effect.CancelReservations(var id, _, var reservations) ->
          send(
              id,
              new AgentEvent.ReservationsCancelled(
                  self, reservations.stream().map(ExecutorReservation::id).toList()));
      case Effect.LaunchTasks launch -> launch(launch);
      case Effect.CancelTasks(var id, var run, var job, long epoch, var attempts) ->
          send(id, new AgentEvent.CancelRequested(run, job, epoch, attempts));
      case Effect.AdoptJobs(var id, var run, var jobs, var gone) -> {
        var asked = jobs.stream().map(j -> new AgentEvent.JobEpoch(j.job(), j.epoch())).toList();
        simulation.network.send(
            address,
            id.value(),
            () -> simulation.executor(id).adoptRequested(address, run, self, asked, gone));
      }
      case Effect.RemoveJobData(var id, var run, var job, long epoch) ->
          send(id, new AgentEvent.RemoveRequested(run, job, epoch));
      case Effect.AcknowledgeStatuses(var id, _, var attempts) ->
          send(id, new AgentEvent.StatusesAcknowledged(attempts));
      case Effect.AskToRegister(var id, _) -> send(id, new AgentEvent.RegistrationAsked(self));
      case Effect.Announce(var id, _) -> {
        var schedulers = scheduler.member().addresses();
        simulation.network.send(
            address, id.value(), () -> simulation.executor(id).schedulersAnnounced(schedulers));
      }
      case Effect.PlanJob _,
          Effect.StopPlanning _,
          Effect.ReadFence _,
          Effect.ListOrphans _,
          Effect.TrimStore _,
          Effect.ClaimJobs _,
          Effect.Fenced _,
          Effect.OfPeer _,
          Effect.JobAccepted _,
          Effect.JobExists _,
          Effect.JobRefused _,
          Effect.JobFinished _,
          Effect.JobFailed _,
          Effect.JobCancelled _,
          Effect.ExecutorAccepted _ -> {}
    }
  }

  private void launch(Effect.LaunchTasks launch) {
    launches.sent(launch.executor(), launch.launches());
    var ids = launch.launches().stream().map(TaskLaunch::id).toList();
    Incarnation run = launch.incarnation();
    boolean polled =
        simulation.executor(launch.executor()).setup.pull() && world.random.nextBoolean();
    Consumer<SimulatedExecutor> request =
        executor ->
            executor.launchRequested(address, run, scheduler.self(), launch.launches(), polled);
    if (polled) {
      // The answer to a poll: whether it arrived, heartbeats show.
      simulation.network.send(
          address,
          launch.executor().value(),
          () -> request.accept(simulation.executor(launch.executor())));
      var accepted = ids.stream().<TaskLaunch.Answer>map(TaskLaunch.Answer.Accepted::new).toList();
      var answer = new Event.LaunchAnswered(launch.executor(), run, accepted);
      world.after(0, () -> scheduler.receive(answer));
    } else {
      call(launch.executor(), request, new Event.LaunchUnanswered(launch.executor(), run, ids));
    }
  }

  void send(ExecutorId to, AgentEvent event) {
    simulation.network.send(address, to.value(), () -> simulation.executor(to).receive(event));
  }

  /** A call that is not delivered is reported as unanswered. */
  private void call(ExecutorId to, Consumer<SimulatedExecutor> request, Event unanswered) {
    boolean sent =
        simulation.network.send(address, to.value(), () -> request.accept(simulation.executor(to)));
    if (!sent || simulation.executor(to).dead()) {
      world.after(UNANSWERED_CALL_MS, () -> scheduler.receive(unanswered));
    }
  }
}
