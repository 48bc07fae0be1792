package io.mangonel.wire.scheduler;

import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Limits;
import io.mangonel.wire.Reply;
import io.mangonel.wire.executor.ExecutorMessages.LaunchBatch;
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

/**
 * What a scheduler answers to executors and other schedulers. Called on virtual threads, so a
 * method may block, but only within the deadline of its call ({@link Limits}). A {@link
 * Reply.Rejection} refuses the request with its message.
 */
public interface SchedulerEndpoint {
  /** Executors ask this of every address they know, about once a second. */
  SchedulerDescription describe();

  RegistrationAnswer registerExecutor(Registration registration);

  HeartbeatAnswer heartbeat(HeartbeatMessage heartbeat);

  void leave(Departure departure);

  /**
   * Those of {@code jobs} that an owner has, or that ended and are still kept, from one read of the
   * store (rule T13).
   */
  List<JobId> knownJobs(List<JobId> jobs);

  /** May answer before the commit, with nothing, and acknowledge later. */
  StatusAnswer updateTaskStatus(StatusUpdate update);

  /**
   * Waits a little for work. Reservations of the offer that no launch uses are the executor's again
   * when they expire, or are cancelled.
   */
  LaunchBatch pollWork(SlotOffer offer);

  OfferAnswer offerSlots(SlotOffer offer);

  /** Another scheduler wants to hear from this one for as long as both live: told at once. */
  void follow(Follower follower);

  /** What this scheduler sees of another one. */
  Sighting witness(Incarnation scheduler, HostPort address);
}
