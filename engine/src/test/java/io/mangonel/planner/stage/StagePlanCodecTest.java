package io.mangonel.planner.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mangonel.core.graph.EdgeKind;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.planner.stage.StageInput.Column;
import io.mangonel.planner.stage.StageInput.FileSlice;
import io.mangonel.planner.stage.StageInput.KeyCut;
import io.mangonel.planner.stage.StageInput.PinnedFile;
import io.mangonel.planner.stage.StageInput.RowRange;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
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
                  List.of(new PinnedFile("/x", 5, 7)),
                  null)),
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
          List.of(SCAN, ROOT), List.of(new ResultColumn("a", "INTEGER", "INTEGER")), null, false);

  @Test
  void readsWhatItWrites() {
    assertThat(StagePlanCodec.decodeQuery(StagePlanCodec.encode(PLAN))).isEqualTo(PLAN);
    assertThat(StagePlanCodec.decodeStage(StagePlanCodec.encode(SCAN))).isEqualTo(SCAN);
    assertThat(text(StagePlanCodec.encode(PLAN))).startsWith("{\"format\":6,");
  }

  @Test
  void readsPlansOfTheFirstFormats() {
    String old =
        text(StagePlanCodec.encode(PLAN))
            .replace("\"catalog\":[],", "")
            .replace(",\"small\":false", "")
            .replace(",\"cut\":false", "")
            .replace(",\"cut\":null", "");
    for (String format : List.of("\"format\":1", "\"format\":2")) {
      byte[] bytes = old.replace("\"format\":6", format).getBytes(StandardCharsets.UTF_8);
      assertThat(StagePlanCodec.decodeQuery(bytes)).isEqualTo(PLAN);
    }
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
            .replace("\"format\":6", "\"format\":99")
            .getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> StagePlanCodec.decodeQuery(newer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("plan format 99 is newer than 6, the newest known");
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
            SELECT t.a AS c0 FROM "t" AS t\
            """);
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

  @Test
  void aTaskReadsItsRangeOfKeys() {
    var slices = List.of(new FileSlice("/x", null), new FileSlice("/y", null, true));
    var cut = new KeyCut("a", new KeyRanges(List.of("10", "20", "30")));
    var scan =
        new StageInput.Scan(
            "t",
            "read_parquet",
            "",
            List.of(new Column("b", "INTEGER")),
            Collections.nCopies(4, slices),
            List.of(),
            cut);
    var stage =
        new StagePlan(0, 4, List.of(), "FROM t", List.of(scan), new StageOutput.Result(), true, 1);
    assertThat(StagePlanCodec.decodeStage(StagePlanCodec.encode(stage))).isEqualTo(stage);
    assertThat(TaskSql.select(stage, 0, Map.of()))
        .contains("FROM read_parquet(['/x'])\n")
        .contains("FROM read_parquet(['/y']) WHERE (\"a\" < 10 OR \"a\" IS NULL)");
    assertThat(TaskSql.select(stage, 1, Map.of())).contains(" WHERE \"a\" >= 10 AND \"a\" < 20");
    assertThat(TaskSql.select(stage, 3, Map.of())).contains(" WHERE \"a\" >= 30)");
    assertThat(cut.ranges().partition("k"))
        .isEqualTo(
            "CASE WHEN k >= 20 THEN CASE WHEN k >= 30 THEN 3 ELSE 2 END"
                + " ELSE CASE WHEN k >= 10 THEN 1 ELSE 0 END END");
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
