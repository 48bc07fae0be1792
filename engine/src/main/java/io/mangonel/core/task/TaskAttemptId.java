package io.mangonel.core.task;

import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import java.util.Comparator;

/**
 * One attempt at one partition of one attempt of a stage. Never reused: the launcher's incarnation
 * and the epoch in which it launched are part of it, and neither changes when the job changes its
 * owner.
 *
 * @param launchEpoch the job's epoch when the attempt was launched
 * @param launcher the scheduler incarnation that launched it
 */
public record TaskAttemptId(
    JobId job,
    int stage,
    int stageAttempt,
    int partition,
    long launchEpoch,
    Incarnation launcher,
    int attempt)
    implements Comparable<TaskAttemptId> {

  private static final Comparator<TaskAttemptId> ORDER =
      Comparator.comparing(TaskAttemptId::job)
          .thenComparingInt(TaskAttemptId::stage)
          .thenComparingInt(TaskAttemptId::stageAttempt)
          .thenComparingInt(TaskAttemptId::partition)
          .thenComparingLong(TaskAttemptId::launchEpoch)
          .thenComparing(TaskAttemptId::launcher)
          .thenComparingInt(TaskAttemptId::attempt);

  public void write(RecordWriter out) {
    out.text(job.value())
        .number(stage)
        .number(stageAttempt)
        .number(partition)
        .number(launchEpoch)
        .text(launcher.value())
        .number(attempt);
  }

  public static TaskAttemptId read(RecordReader in) {
    return new TaskAttemptId(
        new JobId(in.text()),
        in.integer(),
        in.integer(),
        in.integer(),
        in.number(),
        new Incarnation(in.text()),
        in.integer());
  }

  @Override
  public int compareTo(TaskAttemptId other) {
    return ORDER.compare(this, other);
  }

  /**
   * {@code job/stage.stageAttempt/partition.attempt@epoch:launcher}: for logs and for directory
   * names.
   */
  @Override
  public String toString() {
    return job
        + "/"
        + stage
        + "."
        + stageAttempt
        + "/"
        + partition
        + "."
        + attempt
        + "@"
        + launchEpoch
        + ":"
        + launcher;
  }
}
