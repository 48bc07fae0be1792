package io.mangonel.scheduler.peer;

import io.mangonel.core.owner.Event;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.scheduler.loop.Clock;
import io.mangonel.scheduler.loop.EventQueue;
import io.mangonel.state.StateException;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Reply;
import io.mangonel.wire.executor.ExecutorMessages.LaunchBatch;
import io.mangonel.wire.scheduler.Follower;
import io.mangonel.wire.scheduler.SchedulerEndpoint;
import io.mangonel.wire.scheduler.SchedulerMessages.Departure;
import io.mangonel.wire.scheduler.SchedulerMessages.HeartbeatAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.HeartbeatMessage;
import io.mangonel.wire.scheduler.SchedulerMessages.Mode;
import io.mangonel.wire.scheduler.SchedulerMessages.OfferAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.Registration;
import io.mangonel.wire.scheduler.SchedulerMessages.RegistrationAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.SchedulerDescription;
import io.mangonel.wire.scheduler.SchedulerMessages.SlotOffer;
import io.mangonel.wire.scheduler.SchedulerMessages.StatusAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.StatusReport;
import io.mangonel.wire.scheduler.SchedulerMessages.StatusUpdate;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What executors and other schedulers say, as events; on their call's virtual thread, which waits
 * for the answer.
 */
public final class ExecutorDoor implements SchedulerEndpoint {
  private final Host host;
  private final Clock clock;
  private final EventQueue events;
  private final ExecutorDirectory executors;
  private final StatusWaits statuses;
  private final PollWaits polls;

  /**
   * The scheduler behind the door.
   *
   * @param engineVersion DuckDB's version in this process: executors must have the same
   * @param schedulers where all known schedulers listen, this one included
   * @param knownJobs those of the given jobs that are not over and done with, by the store
   * @param follow takes another scheduler that stays connected
   * @param testify what this scheduler sees of another
   */
  public record Host(
      Incarnation self,
      String engineVersion,
      Supplier<List<HostPort>> schedulers,
      UnaryOperator<List<JobId>> knownJobs,
      Consumer<Follower> follow,
      BiFunction<Incarnation, HostPort, Sighting> testify) {}

  public ExecutorDoor(
      Host host,
      Clock clock,
      EventQueue events,
      ExecutorDirectory executors,
      StatusWaits statuses,
      PollWaits polls) {
    this.host = host;
    this.clock = clock;
    this.events = events;
    this.executors = executors;
    this.statuses = statuses;
    this.polls = polls;
  }

  @Override
  public SchedulerDescription describe() {
    return new SchedulerDescription(host.self, host.schedulers.get());
  }

  @Override
  public RegistrationAnswer registerExecutor(Registration registration) {
    if (!registration.engineVersion().equals(host.engineVersion)) {
      return new RegistrationAnswer.Refused(
          "executor %s runs DuckDB %s, but this scheduler plans with DuckDB %s: use the same version"
              .formatted(
                  registration.executor(), registration.engineVersion(), host.engineVersion));
    }
    var info =
        new ExecutorInfo(
            registration.executor(),
            registration.incarnation(),
            registration.address().host(),
            registration.address().port(),
            registration.slots(),
            registration.engineVersion(),
            registration.mode() == Mode.PULL);
    executors.learn(info);
    executors.learn(
        info.id(),
        new ExecutorDirectory.Capacity(registration.threads(), registration.memoryBytes()));
    executors.expectRegistration(info.id(), info.incarnation());
    enqueue(new Event.ExecutorRegistered(info, registration.outputs()));
    if (!executors.awaitRegistration(info.id(), info.incarnation())) {
      throw new Reply.Rejection("the registration is not durable yet: register again");
    }
    return new RegistrationAnswer.Accepted(host.self, host.schedulers.get());
  }

  @Override
  public HeartbeatAnswer heartbeat(HeartbeatMessage heartbeat) {
    enqueue(
        new Event.Heartbeat(heartbeat.executor(), heartbeat.incarnation(), heartbeat.attempts()));
    // Answered after the heartbeat was taken and its effects performed.
    events.ask(core -> core.self());
    boolean registered = !executors.takeUnknown(heartbeat.executor(), heartbeat.incarnation());
    return new HeartbeatAnswer(host.self, registered, host.schedulers.get());
  }

  @Override
  public void leave(Departure departure) {
    enqueue(
        new Event.ExecutorLeaving(departure.executor(), departure.incarnation(), departure.gone()));
  }

  @Override
  public List<JobId> knownJobs(List<JobId> jobs) {
    try {
      return host.knownJobs.apply(jobs);
    } catch (StateException silent) {
      throw new Reply.Rejection(String.valueOf(silent.getMessage()));
    }
  }

  @Override
  public StatusAnswer updateTaskStatus(StatusUpdate update) {
    List<TaskAttemptId> attempts =
        update.reports().stream().map(report -> report.status().id()).toList();
    long call = statuses.open(attempts);
    boolean taken =
        events.offer(
            new Event.TaskUpdates(
                update.executor(),
                update.incarnation(),
                update.reports().stream().map(this::update).toList()));
    return new StatusAnswer(taken ? statuses.await(call) : statuses.abandon(call));
  }

  private Event.TaskUpdate update(StatusReport report) {
    ExecutorReservation followUp = report.followUp();
    return new Event.TaskUpdate(
        report.status(), followUp == null ? null : ReceivedSlots.of(followUp, clock));
  }

  @Override
  public LaunchBatch pollWork(SlotOffer offer) {
    var poll = polls.open(offer.executor(), offer.incarnation());
    enqueue(
        new Event.Offer(
            offer.executor(), offer.incarnation(), ReceivedSlots.of(offer.reservations(), clock)));
    return polls.await(offer.executor(), offer.incarnation(), host.self, poll);
  }

  /** Takes every offer; what the core does not use it cancels. */
  @Override
  public OfferAnswer offerSlots(SlotOffer offer) {
    enqueue(
        new Event.Offer(
            offer.executor(), offer.incarnation(), ReceivedSlots.of(offer.reservations(), clock)));
    return new OfferAnswer(List.of());
  }

  @Override
  public void follow(Follower follower) {
    host.follow.accept(follower);
  }

  @Override
  public Sighting witness(Incarnation scheduler, HostPort address) {
    return host.testify.apply(scheduler, address);
  }

  private void enqueue(Event event) {
    if (!events.offer(event)) {
      throw new Reply.Rejection("the scheduler is overloaded");
    }
  }
}
