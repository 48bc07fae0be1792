package io.mangonel.wire.scheduler;

import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.wire.Calls;
import io.mangonel.wire.Channels;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Limits;
import io.mangonel.wire.Reply;
import io.mangonel.wire.Sightings;
import io.mangonel.wire.executor.ExecutorConverter;
import io.mangonel.wire.executor.ExecutorMessages.LaunchBatch;
import io.mangonel.wire.proto.DescribeSchedulerRequest;
import io.mangonel.wire.proto.FollowSchedulerRequest;
import io.mangonel.wire.proto.KnownJobsRequest;
import io.mangonel.wire.proto.Received;
import io.mangonel.wire.proto.SchedulerServiceGrpc;
import io.mangonel.wire.proto.SchedulerServiceGrpc.SchedulerServiceBlockingStub;
import io.mangonel.wire.scheduler.SchedulerMessages.Departure;
import io.mangonel.wire.scheduler.SchedulerMessages.HeartbeatAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.HeartbeatMessage;
import io.mangonel.wire.scheduler.SchedulerMessages.OfferAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.Registration;
import io.mangonel.wire.scheduler.SchedulerMessages.RegistrationAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.SchedulerDescription;
import io.mangonel.wire.scheduler.SchedulerMessages.SlotOffer;
import io.mangonel.wire.scheduler.SchedulerMessages.StatusAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.StatusUpdate;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Calls schedulers. Each method blocks up to its deadline, so call it on a virtual thread. */
public final class SchedulerClient {
  private final Channels channels;

  public SchedulerClient(Channels channels) {
    this.channels = channels;
  }

  public Reply<SchedulerDescription> describe(HostPort peer) {
    return describe(peer, Limits.CONTROL_DEADLINE_MS);
  }

  Reply<SchedulerDescription> describe(HostPort peer, long deadlineMs) {
    return Calls.ask(
        peer,
        () ->
            SchedulerConverter.read(
                stub(peer, deadlineMs)
                    .describeScheduler(DescribeSchedulerRequest.getDefaultInstance())));
  }

  public Reply<RegistrationAnswer> registerExecutor(HostPort peer, Registration registration) {
    return Calls.ask(
        peer,
        () ->
            SchedulerConverter.read(
                stub(peer, Limits.CONTROL_DEADLINE_MS)
                    .registerExecutor(SchedulerConverter.write(registration))));
  }

  public Reply<HeartbeatAnswer> heartbeat(HostPort peer, HeartbeatMessage heartbeat) {
    return Calls.ask(
        peer,
        () ->
            SchedulerConverter.read(
                stub(peer, Limits.CONTROL_DEADLINE_MS)
                    .heartbeat(SchedulerConverter.write(heartbeat))));
  }

  public Reply<Received> leave(HostPort peer, Departure departure) {
    return Calls.ask(
        peer,
        () ->
            stub(peer, Limits.CONTROL_DEADLINE_MS)
                .leaveExecutor(SchedulerConverter.write(departure)));
  }

  public Reply<List<JobId>> knownJobs(HostPort peer, List<JobId> jobs) {
    var request =
        KnownJobsRequest.newBuilder().addAllJobs(jobs.stream().map(JobId::value).toList()).build();
    return Calls.ask(
        peer,
        () ->
            stub(peer, Limits.CONTROL_DEADLINE_MS).knownJobs(request).getKnownList().stream()
                .map(JobId::new)
                .toList());
  }

  public Reply<StatusAnswer> updateTaskStatus(HostPort peer, StatusUpdate update) {
    return Calls.ask(
        peer,
        () ->
            SchedulerConverter.read(
                stub(peer, Limits.STATUS_DEADLINE_MS)
                    .updateTaskStatus(SchedulerConverter.write(update))));
  }

  public Reply<LaunchBatch> pollWork(HostPort peer, SlotOffer offer) {
    return Calls.ask(
        peer,
        () ->
            ExecutorConverter.read(
                stub(peer, Limits.LAUNCH_DEADLINE_MS).pollWork(SchedulerConverter.write(offer))));
  }

  public Reply<OfferAnswer> offerSlots(HostPort peer, SlotOffer offer) {
    return Calls.ask(
        peer,
        () ->
            SchedulerConverter.read(
                stub(peer, Limits.CONTROL_DEADLINE_MS)
                    .offerSlots(SchedulerConverter.write(offer))));
  }

  /** What the scheduler there sees of another one. */
  public Reply<Sighting> witness(HostPort peer, Incarnation scheduler, HostPort address) {
    return Calls.ask(
        peer,
        () ->
            Sightings.read(
                stub(peer, Limits.WITNESS_DEADLINE_MS)
                    .witnessScheduler(Sightings.request(scheduler, address))));
  }

  /**
   * Stays connected to a scheduler. Does not block; the listener is called on other threads.
   *
   * @throws IllegalStateException when the channels are closed
   */
  public Following follow(HostPort peer, Incarnation self, Following.Listener listener) {
    var following = new Following(listener);
    SchedulerServiceGrpc.newStub(channels.to(peer))
        .followScheduler(
            FollowSchedulerRequest.newBuilder().setScheduler(self.value()).build(),
            following.observer());
    return following;
  }

  private SchedulerServiceBlockingStub stub(HostPort peer, long deadlineMs) {
    return SchedulerServiceGrpc.newBlockingStub(channels.to(peer))
        .withDeadlineAfter(deadlineMs, TimeUnit.MILLISECONDS);
  }
}
