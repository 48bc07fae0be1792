package io.mangonel.planner.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mangonel.core.graph.EdgeKind;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.planner.stage.StageInput.Column;
import io.mangonel.planner.stage.StageInput.FileSlice;
import io.mangonel.planner.stage.StageInput.PinnedFile;
import io.mangonel.planner.stage.StageInput.RowRange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StagePlanCodecTest {
  private static final StagePlan SCAN =
      new StagePlan(
          0,
          2,
          List.of("SET TimeZone = 'UTC'"),
          "SELECT t.a AS c0 FROM \"t\" AS t",
          List.of(
              new StageInput.Scan(
                  "t",
                  "read_parquet",
                  "",
                  List.of(new Column("a", "INTEGER")),
                  List.of(
                      List.of(new FileSlice("/x", null), new FileSlice("/y", new RowRange(0, 9))),
                      List.of()),
                  List.of(new PinnedFile("/x", 5, 7)))),
          new StageOutput.Shuffle(
              List.of(new StageOutput.Carrier("c0", "c0")),
              new StageOutput.Partitioning.ByExpression("hash(c0) % 2", 2)),
          true,
          10);
  private static final StagePlan ROOT =
      new StagePlan(
          1,
          1,
          List.of(),
          "SELECT c0 FROM s0",
          List.of(
              new StageInput.Exchange(
                  "s0",
                  0,
                  EdgeKind.HASH,
                  List.of(new Column("c0", "INTEGER")),
                  List.of("c0"),
                  List.of("INTEGER"),
                  "hash(c0) % 2")),
          new StageOutput.Result(),
          false,
          10);
  private static final QueryPlan PLAN =
      new QueryPlan(
          List.of(SCAN, ROOT), List.of(new ResultColumn("a", "INTEGER", "INTEGER")), null);

  @Test
  void readsWhatItWrites() {
    assertThat(StagePlanCodec.decodeQuery(StagePlanCodec.encode(PLAN))).isEqualTo(PLAN);
    assertThat(StagePlanCodec.decodeStage(StagePlanCodec.encode(SCAN))).isEqualTo(SCAN);
    assertThat(text(StagePlanCodec.encode(PLAN))).startsWith("{\"format\":2,");
  }

  @Test
  void readsPlansOfTheFirstFormat() {
    byte[] old =
        text(StagePlanCodec.encode(PLAN))
            .replace("\"format\":2", "\"format\":1")
            .getBytes(StandardCharsets.UTF_8);
    assertThat(StagePlanCodec.decodeQuery(old)).isEqualTo(PLAN);
  }

  @Test
  void filesThatAStatementReadsItselfAreNoRelations() {
    var files = new StageInput.Files(List.of(new PinnedFile("/x", 5, 7)));
    var whole =
        new StagePlan(
            0, 1, List.of(), "FROM '/x'", List.of(files), new StageOutput.Result(), false, 0);
    assertThat(StagePlanCodec.decodeStage(StagePlanCodec.encode(whole))).isEqualTo(whole);
    assertThat(TaskSql.select(whole, 0, Map.of())).isEqualTo("FROM '/x'");
  }

  @Test
  void refusesANewerFormatByName() {
    byte[] newer =
        text(StagePlanCodec.encode(PLAN))
            .replace("\"format\":2", "\"format\":99")
            .getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> StagePlanCodec.decodeQuery(newer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("plan format 99 is newer than 2, the newest known");
  }

  @Test
  void refusesWhatIsNoPlan() {
    for (String other : List.of("", "[]", "{}", "{\"format\":\"x\"}", "{\"format\":1,\"q\":2}")) {
      assertThatThrownBy(() -> StagePlanCodec.decodeQuery(other.getBytes(StandardCharsets.UTF_8)))
          .as(other)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("not a plan");
    }
  }

  @Test
  void aTaskReadsItsSliceAndItsPartition() {
    assertThat(TaskSql.select(SCAN, 0, Map.of()))
        .isEqualTo(
            """
            WITH "t" AS NOT MATERIALIZED (
              SELECT CAST("a" AS INTEGER) AS "a" FROM read_parquet(['/x'])
              UNION ALL SELECT CAST("a" AS INTEGER) AS "a" FROM read_parquet(['/y'])\
             WHERE file_row_number BETWEEN 0 AND 9)
            SELECT t.a AS c0 FROM "t" AS t""");
    assertThat(TaskSql.select(SCAN, 1, Map.of()))
        .contains("SELECT CAST(NULL AS INTEGER) AS \"a\" WHERE false");
    assertThat(
            TaskSql.select(
                ROOT,
                1,
                Map.of(
                    0,
                    List.of(
                        new TaskSql.LocalFile("/p", false), new TaskSql.LocalFile("/all", true)))))
        .contains("SELECT c0 FROM read_parquet(['/p'], hive_partitioning = false)")
        .contains("FROM read_parquet(['/all'], hive_partitioning = false)) AS carried")
        .contains("WHERE hash(c0) % 2 = 1");
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
