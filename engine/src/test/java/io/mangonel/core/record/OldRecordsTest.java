package io.mangonel.core.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.EdgeKind;
import io.mangonel.core.graph.ExecutionGraph;
import io.mangonel.core.graph.GraphLimits;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.graph.StageEdge;
import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutput;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bytes that earlier versions wrote, recorded then. */
final class OldRecordsTest {
  private static final List<StageSpec> STAGES =
      List.of(
          new StageSpec(0, 2, List.of(), true),
          new StageSpec(1, 1, List.of(new StageEdge(0, EdgeKind.HASH)), false));

  private static final TaskAttemptId ATTEMPT =
      new TaskAttemptId(new JobId("j1"), 0, 0, 1, 3, new Incarnation("s"), 0);

  private static final List<GraphTransition> TRANSITIONS =
      List.of(
          new GraphTransition.TaskLaunched(ATTEMPT, new ExecutorId("e1"), new Incarnation("e1#1")),
          new GraphTransition.TaskSucceeded(
              ATTEMPT,
              new TaskOutput(
                  List.of(new OutputFile(OutputFile.ALL_PARTITIONS, "f", 10, 100, 7)),
                  Bytes.EMPTY,
                  10,
                  100,
                  5)),
          new GraphTransition.RowsSent());

  /** Of version 2: stages had no kind. */
  @Test
  void readsPlanWithoutKinds() {
    var plan = RecordCodec.decodePlan(bytes("040604000400010202020008484153480004a413"));
    assertThat(plan).isEqualTo(new StoredJob.Plan(3, STAGES, 2, 1234));
  }

  @Test
  void readsLogOfVersion4() {
    var entry =
        RecordCodec.decodeLogEntry(
            bytes(
                "080273060602046a3100000206027300046531086531233104046a31000002060273000201026614c8"
                    + "010e0014c8010a0a06020406"));
    assertThat(entry).isEqualTo(new LogEntry("s", 3, TRANSITIONS, List.of(1L, 2L, 3L)));
  }

  /** Of version 4: it did not say whether it published. */
  @Test
  void readsGraphOfVersion4() {
    var limits = new GraphLimits(4, 4, 3);
    var graph =
        ExecutionGraph.decode(
            bytes(
                "08046a310400040001000000000002000004046a3100000206027300046531086531233102010266"
                    + "14c8010e0014c8010a0202020008484153480000000000000100"),
            limits);
    var expected = new ExecutionGraph(new JobId("j1"), STAGES, limits);
    TRANSITIONS.forEach(expected::apply);
    assertThat(graph.encode()).isEqualTo(expected.encode());
    assertThat(graph.publishing()).isFalse();
  }

  @Test
  void readsTerminalRecordOfVersion4() {
    assertThat(RecordCodec.decodeTerminalRecord(bytes("0804046e6f019a01")))
        .isEqualTo(new TerminalRecord.Failed("no", true, 77));
  }

  private static Bytes bytes(String hex) {
    return Bytes.of(HexFormat.of().parseHex(hex));
  }
}
