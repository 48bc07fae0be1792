package io.mangonel.scheduler.peer;

import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.scheduler.loop.Clock;
import io.mangonel.scheduler.loop.EventQueue;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Reply;
import io.mangonel.wire.executor.ExecutorClient;
import io.mangonel.wire.executor.ExecutorMessages.JobAdoption;
import io.mangonel.wire.executor.ExecutorMessages.JobEpoch;
import io.mangonel.wire.executor.ExecutorMessages.JobInventory;
import io.mangonel.wire.executor.ExecutorMessages.JobRemoval;
import io.mangonel.wire.executor.ExecutorMessages.LaunchBatch;
import io.mangonel.wire.executor.ExecutorMessages.SlotAnswer;
import io.mangonel.wire.executor.ExecutorMessages.SlotRequest;
import io.mangonel.wire.executor.ExecutorMessages.TaskCancel;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Effects on executors: each method makes one call, waits for its answer or deadline, and reports
 * what came of it. Called on virtual threads.
 */
public final class ExecutorCalls {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorCalls.class);

  private final Here here;
  private final Incarnation self;
  private final ExecutorClient client;
  private final ExecutorDirectory executors;
  private final LaunchBatches batches;
  private final PollWaits polls;
  private final EventQueue events;
  private final Clock clock;

  /**
   * The caller.
   *
   * @param schedulers where all known schedulers listen, this one first
   */
  public record Here(Incarnation self, Supplier<List<HostPort>> schedulers) {}

  public ExecutorCalls(
      Here here,
      ExecutorClient client,
      ExecutorDirectory executors,
      LaunchBatches batches,
      PollWaits polls,
      EventQueue events,
      Clock clock) {
    this.here = here;
    this.self = here.self;
    this.client = client;
    this.executors = executors;
    this.batches = batches;
    this.polls = polls;
    this.events = events;
    this.clock = clock;
  }

  public void reserveSlots(Effect.ReserveSlots effect) {
    var request =
        new SlotRequest(
            effect.incarnation(), self, effect.request(), effect.wanted(), effect.ttlMs());
    Optional<HostPort> peer = executors.address(effect.executor());
    if (peer.isPresent()
        && client.reserveSlots(peer.get(), request)
            instanceof Reply.Answered<SlotAnswer>(SlotAnswer answer)) {
      events.put(
          new Event.SlotsReserved(
              effect.executor(),
              effect.incarnation(),
              effect.request(),
              ReceivedSlots.of(answer.granted(), clock),
              answer.waiting()));
    } else {
      events.put(
          new Event.SlotsUnanswered(effect.executor(), effect.incarnation(), effect.request()));
    }
  }

  public void cancelReservations(Effect.CancelReservations effect) {
    executors
        .address(effect.executor())
        .ifPresent(
            peer ->
                logFailure(
                    client.cancelReservations(
                        peer,
                        self,
                        effect.reservations().stream().map(slot -> slot.id()).toList())));
  }

  public void launchTasks(Effect.LaunchTasks effect) {
    for (LaunchBatch batch : batches.of(effect)) {
      Optional<HostPort> peer = executors.address(effect.executor());
      List<TaskAttemptId> ids = batch.launches().stream().map(TaskLaunch::id).toList();
      if (polls.answer(effect.executor(), effect.incarnation(), batch)) {
        // A polling executor never answers a batch; heartbeats show what it does not run.
        List<TaskLaunch.Answer> accepted =
            ids.stream().<TaskLaunch.Answer>map(TaskLaunch.Answer.Accepted::new).toList();
        events.put(new Event.LaunchAnswered(effect.executor(), effect.incarnation(), accepted));
      } else if (peer.isPresent()
          && client.launchTasks(peer.get(), batch)
              instanceof Reply.Answered<List<TaskLaunch.Answer>>(var answers)) {
        events.put(new Event.LaunchAnswered(effect.executor(), effect.incarnation(), answers));
      } else {
        events.put(new Event.LaunchUnanswered(effect.executor(), effect.incarnation(), ids));
      }
    }
  }

  public void cancelTasks(Effect.CancelTasks effect) {
    var cancel =
        new TaskCancel(effect.incarnation(), effect.job(), effect.epoch(), effect.attempts());
    executors
        .address(effect.executor())
        .ifPresent(peer -> logFailure(client.cancelTasks(peer, cancel)));
  }

  public void adoptJobs(Effect.AdoptJobs effect) {
    var adoption =
        new JobAdoption(
            effect.incarnation(),
            self,
            effect.jobs().stream().map(job -> new JobEpoch(job.job(), job.epoch())).toList(),
            effect.gone());
    Optional<HostPort> peer = executors.address(effect.executor());
    if (peer.isPresent()
        && client.adoptJobs(peer.get(), adoption)
            instanceof Reply.Answered<JobInventory>(JobInventory inventory)) {
      events.put(
          new Event.JobsAdopted(
              effect.executor(),
              effect.incarnation(),
              inventory.jobs(),
              inventory.refused().stream()
                  .map(job -> new Effect.JobEpoch(job.job(), job.epoch()))
                  .toList(),
              inventory.running(),
              inventory.ended()));
    }
  }

  public void removeJobData(Effect.RemoveJobData effect) {
    var removal = new JobRemoval(effect.incarnation(), effect.job(), effect.epoch());
    executors
        .address(effect.executor())
        .ifPresent(peer -> logFailure(client.removeJobData(peer, removal)));
  }

  public void acknowledgeStatuses(Effect.AcknowledgeStatuses effect) {
    executors
        .address(effect.executor())
        .ifPresent(
            peer ->
                logFailure(
                    client.acknowledgeStatuses(peer, effect.incarnation(), effect.attempts())));
  }

  public void announce(Effect.Announce effect) {
    List<HostPort> schedulers = here.schedulers.get();
    executors
        .address(effect.executor())
        .ifPresent(peer -> logFailure(client.announceSchedulers(peer, schedulers)));
  }

  private static <T> void logFailure(Reply<T> reply) {
    if (!(reply instanceof Reply.Answered<T>)) {
      LOG.debug("a call without consequence failed: {}", reply);
    }
  }

  /** Every executor named in the inputs of {@code launches}. */
  static List<ExecutorId> producers(List<TaskLaunch> launches) {
    Set<List<InputLocation>> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<ExecutorId> producers = new TreeSet<>();
    for (TaskLaunch launch : launches) {
      if (seen.add(launch.inputs())) { // Tasks of a stage that read the same share the list.
        launch.inputs().forEach(input -> producers.add(input.executor()));
      }
    }
    return List.copyOf(producers);
  }
}
