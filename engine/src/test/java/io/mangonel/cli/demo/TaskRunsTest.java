package io.mangonel.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ran twice, and why, is read from logs. */
class TaskRunsTest {
  private static final String EXECUTOR =
      """
      2026-11-30T00:00:01.000 INFO  [task] AgentEffects: task j/0.0/0.0@1:s starts [job=j]
      2026-11-30T00:00:02.000 INFO  [task] AgentEffects: task j/0.0/0.0@1:s succeeded with 3 rows
      2026-11-30T00:00:05.000 INFO  [task] AgentEffects: task j/0.1/0.1@1:s starts [job=j]
      2026-11-30T00:00:06.000 INFO  [task] AgentEffects: task j/1.0/0.0@1:s starts [job=j]
      2026-11-30T00:00:07.000 INFO  [task] AgentEffects: task j/1.0/0.0@1:s succeeded with 1 rows
      2026-11-30T00:00:08.000 INFO  [task] AgentEffects: task j/1.0/0.1@1:s starts [job=j]
      """;

  @TempDir Path directory;

  private List<String> rerunAfter(String scheduler) throws IOException {
    Path executors = Files.writeString(directory.resolve("executor.log"), EXECUTOR);
    Path schedulers = Files.writeString(directory.resolve("scheduler.log"), scheduler);
    return TaskRuns.read(List.of(executors))
        .finishedRerunWithoutReason(TaskRuns.givenUp(List.of(schedulers)))
        .stream()
        .map(TaskRuns.Run::attempt)
        .toList();
  }

  private static String givesUp(String time, String job, String what) {
    return "2026-11-30T00:00:%s INFO  [c] JobHistories: job %s gives up %s\n"
        .formatted(time, job, what);
  }

  @Test
  void finishedWorkMayBeDoneAgainOnlyForAReason() throws IOException {
    String had = "what e-1 had, except 0 outputs: executor e-1 ";

    assertThat(rerunAfter("")).containsExactly("j/0.1/0.1@1:s");
    assertThat(rerunAfter(givesUp("03.000", "j", had + "restarted [job=j]")))
        .containsExactly("j/0.1/0.1@1:s");
    assertThat(rerunAfter(givesUp("06.000", "j", had + "is silent"))).hasSize(1);
    assertThat(rerunAfter(givesUp("03.000", "other", had + "is silent"))).hasSize(1);
    assertThat(rerunAfter(givesUp("03.000", "j", had + "is silent [job=j]"))).isEmpty();
    assertThat(rerunAfter(givesUp("03.000", "j", "the output of j/0.0/0.0@1:s: no answer")))
        .isEmpty();
  }
}
