package io.mangonel.core.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.core.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeptOutputsTest {
  private static final int TASKS = 20_000;
  private static final int COMMIT_BYTES_MAX = 1 << 20;
  private static final ExecutorId EXECUTOR = new ExecutorId("executor-1");
  private static final Incarnation BEFORE = new Incarnation("executor-1-aaaaaaaa");
  private static final Incarnation LAUNCHER = new Incarnation("127.0.0.1:32010-1700000000000");

  /** More than a commit takes: what is beyond is made again, and nothing else. */
  @Test
  void anExecutorMayKeepAnyNumberOfOutputs() {
    var specs =
        List.of(
            new StageSpec(0, TASKS, List.of(), true),
            new StageSpec(1, 1, List.of(new StageEdge(0, EdgeKind.ALL)), true));
    var graph = new ExecutionGraph(new JobId("job-1"), specs, new GraphLimits(4, 16, 3));
    List<TaskAttemptId> kept = new ArrayList<>();
    for (int i = 0; i < TASKS; i++) {
      kept.add(succeed(graph));
    }
    assertThat(graph.launchNext(EXECUTOR, BEFORE, 1, LAUNCHER)).isPresent(); // The one that reads.

    var made = graph.executorGone(EXECUTOR, BEFORE, kept, "executor-1 restarted");

    assertThat(made).hasSize(1);
    var written = new RecordWriter();
    made.forEach(transition -> transition.write(written));
    assertThat(written.length()).isLessThan(COMMIT_BYTES_MAX);
    assertThat(graph.successfulTasks()).isBetween(1_000, TASKS - 1);
    assertThat(graph.isWinner(kept.getFirst())).isTrue();
    assertThat(graph.pendingTasks()).isEqualTo(TASKS - graph.successfulTasks());
  }

  private static TaskAttemptId succeed(ExecutionGraph graph) {
    TaskAttemptId id = graph.launchNext(EXECUTOR, BEFORE, 1, LAUNCHER).orElseThrow().id();
    var file = new OutputFile(OutputFile.ALL_PARTITIONS, "f", 1, 1, 1);
    var output = new TaskOutput(List.of(file), Bytes.EMPTY, 1, 1);
    var status = new TaskStatus(id, EXECUTOR, BEFORE, List.of(), new TaskOutcome.Succeeded(output));
    assertThat(graph.update(status)).hasSize(1);
    return id;
  }
}
