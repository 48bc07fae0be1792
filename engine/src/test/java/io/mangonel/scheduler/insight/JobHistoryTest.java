package io.mangonel.scheduler.insight;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.LogEntry;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutput;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobHistoryTest {
  private static final JobId JOB = new JobId("j");
  private static final ExecutorId EXECUTOR = new ExecutorId("e1");
  private static final Incarnation RUN = new Incarnation("e1-a");

  private static TaskAttemptId id(int partition, int attempt) {
    return new TaskAttemptId(JOB, 0, 0, partition, 1, new Incarnation("s-a"), attempt);
  }

  private static GraphTransition launched(int partition, int attempt) {
    return new GraphTransition.TaskLaunched(id(partition, attempt), EXECUTOR, RUN);
  }

  private static LogEntry entry(String owner, long epoch, long atMs, GraphTransition one) {
    return new LogEntry(owner, epoch, List.of(one), List.of(atMs));
  }

  @Test
  void attemptsRunEndAndAreLostWithTheirExecutor() {
    var output = new TaskOutput(List.of(), Bytes.EMPTY, 5, 50);
    JobHistory.View view =
        JobHistory.of(
                List.of(
                    entry("s-a", 1, 10, launched(0, 0)),
                    entry("s-a", 1, 11, launched(1, 0)),
                    entry("s-a", 1, 12, launched(2, 0)),
                    entry("s-a", 1, 20, new GraphTransition.TaskSucceeded(id(0, 0), output)),
                    entry(
                        "s-a",
                        1,
                        21,
                        new GraphTransition.TaskFailed(id(1, 0), new Failure.Io("disk"))),
                    entry("s-b", 2, 30, launched(1, 1)),
                    entry(
                        "s-b",
                        2,
                        40,
                        new GraphTransition.ExecutorGone(
                            EXECUTOR, RUN, List.of(id(2, 0)), "silent"))),
                true)
            .view();
    assertThat(view.attempts())
        .extracting(AttemptLine::outcome)
        .containsExactly("SUCCEEDED", "IO", "RUNNING", "EXECUTOR_LOST");
    assertThat(view.attempts())
        .extracting(AttemptLine::startedMs)
        .containsExactly(10L, 11L, 12L, 30L);
    assertThat(view.attempts())
        .extracting(AttemptLine::endedMs)
        .containsExactly(20L, 21L, null, 40L);
    assertThat(view.attempts().getFirst().rows()).isEqualTo(5);
    assertThat(view.owners())
        .containsExactly(new OwnerLine(1, "s-a", 10), new OwnerLine(2, "s-b", 30));
    assertThat(view.complete()).isTrue();
  }

  @Test
  void theOldestAttemptsGoAndThatIsSaid() {
    List<LogEntry> log = new ArrayList<>();
    for (int i = 0; i <= JobHistory.ATTEMPTS_MAX; i++) {
      log.add(entry("s-a", 1, i, launched(i, 0)));
    }
    JobHistory.View view = JobHistory.of(log, true).view();
    assertThat(view.attempts()).hasSize(JobHistory.ATTEMPTS_MAX);
    assertThat(view.attempts().getFirst().id().partition()).isEqualTo(1);
    assertThat(view.complete()).isFalse();
  }

  @Test
  void commitsAreFollowedUntilTheJobIsForgotten() {
    var histories = new JobHistories("s-a");
    histories.add(
        new Commit(
            0,
            List.of(
                new Change.JobClaimed(JOB, 3),
                new Change.Transitions(JOB, 3, 1, List.of(launched(0, 0)), List.of(7L)))),
        5);
    assertThat(histories.find(JOB).orElseThrow().owners())
        .as("as the log will say for ever")
        .containsExactly(new OwnerLine(3, "s-a", 7));
    var end = new TerminalRecord.Cancelled("asked", 9);
    histories.add(new Commit(1, List.of(new Change.JobEnded(JOB, 3, end, 1, 3, 2))), 9);
    AttemptLine line = histories.find(JOB).orElseThrow().attempts().getFirst();
    assertThat(line.outcome()).isEqualTo("JOB_ENDED");
    assertThat(line.endedMs()).isEqualTo(9);
    histories.add(new Commit(2, List.of(new Change.JobForgotten(JOB))), 10);
    assertThat(histories.find(JOB)).isEmpty();
  }
}
