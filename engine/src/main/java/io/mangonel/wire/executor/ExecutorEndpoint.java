package io.mangonel.wire.executor;

import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Limits;
import io.mangonel.wire.Reply;
import io.mangonel.wire.executor.ExecutorMessages.JobAdoption;
import io.mangonel.wire.executor.ExecutorMessages.JobInventory;
import io.mangonel.wire.executor.ExecutorMessages.JobRemoval;
import io.mangonel.wire.executor.ExecutorMessages.LaunchBatch;
import io.mangonel.wire.executor.ExecutorMessages.ShuffleDescription;
import io.mangonel.wire.executor.ExecutorMessages.SlotAnswer;
import io.mangonel.wire.executor.ExecutorMessages.SlotRequest;
import io.mangonel.wire.executor.ExecutorMessages.TaskCancel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What an executor answers to schedulers and other executors. Called on virtual threads, so a
 * method may block, but only within the deadline of its call ({@link Limits}). A {@link
 * Reply.Rejection} refuses the request with its message.
 */
public interface ExecutorEndpoint {
  SlotAnswer reserveSlots(SlotRequest request);

  /** The scheduler will not use these reservations. */
  void cancelReservations(Incarnation scheduler, List<String> reservations);

  /** One answer per launch, in order. */
  List<TaskLaunch.Answer> launchTasks(LaunchBatch batch);

  void cancelTasks(TaskCancel cancel);

  JobInventory adoptJobs(JobAdoption adoption);

  void removeJobData(JobRemoval removal);

  /** These statuses are safe with an owner. */
  void acknowledgeStatuses(Incarnation target, List<TaskAttemptId> attempts);

  /** Schedulers are at these addresses: whoever is there wants to be registered with. */
  void schedulersAnnounced(List<HostPort> schedulers);

  /** What this executor sees of a scheduler. */
  Sighting witness(Incarnation scheduler, HostPort address);

  ShuffleDescription describeShuffle();

  /** Who answers here. */
  ExecutorId executor();

  /**
   * The file behind a path as {@code OutputFile} has it; empty when there is none, or when the path
   * leads out of the shuffle directory.
   */
  Optional<Path> shuffleFile(String path);

  /** Whether the file still has this checksum. */
  boolean isIntact(Path file, long checksum) throws IOException;
}
