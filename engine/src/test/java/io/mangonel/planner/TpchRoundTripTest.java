package io.mangonel.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.print.SqlPrinter;
import io.mangonel.planner.prune.ColumnPruning;
import io.mangonel.planner.read.ReadOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The 22 queries: DuckDB's answer is the answer of the SQL printed from its plan. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TpchRoundTripTest {
  private static final double SCALE_FACTOR = 0.01;

  private PlanningDatabase database;

  @BeforeAll
  void load(@TempDir Path directory) throws SQLException, IOException {
    database = new PlanningDatabase(TpchTables.create(), TpchTables.load(directory, SCALE_FACTOR));
  }

  @AfterAll
  void close() throws SQLException {
    database.close();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22})
  void answersAsDuckDb(int number) throws SQLException, IOException {
    String sql = query(number);
    ReadOutcome outcome = database.plan(sql);
    assertThat(outcome).isInstanceOf(ReadOutcome.Plan.class);
    Relation relation = ((ReadOutcome.Plan) outcome).relation();
    assertThat(relation.types().stream().map(DataType::sql)).isEqualTo(database.types(sql));
    List<String> rows = database.rows(sql);
    List<String> types = database.types(sql);
    for (Relation variant : List.of(relation, ColumnPruning.prune(relation))) {
      String printed = SqlPrinter.print(variant);
      assertThat(database.rows(printed)).as(printed).isEqualTo(rows);
      assertThat(database.types(printed)).as(printed).isEqualTo(types);
    }
  }

  static String query(int number) throws IOException {
    return SqlFile.read(String.format("/tpch/q%02d.sql", number));
  }
}
