package io.mangonel.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.print.SqlPrinter;
import io.mangonel.planner.prune.ColumnPruning;
import io.mangonel.planner.read.ReadOutcome;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Statements of DuckDB's dialect: their answers are those of the SQL printed from their plans. A
 * comment in front says what is special: {@code -- ordered}: the rows have an order; {@code --
 * fails}: both give an error; {@code -- whole: reason}: the plan is not understood, and the
 * statement runs as DuckDB reads it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DialectRoundTripTest {
  private static final List<String> FILES =
      List.of(
          "aggregate",
          "cte",
          "function",
          "join",
          "nested",
          "order",
          "select",
          "setop",
          "subquery",
          "table",
          "window");

  private static final String WHOLE = "-- whole: ";

  private PlanningDatabase database;

  @BeforeAll
  void load() throws SQLException, IOException {
    database = PlanningDatabase.ofTestTables();
  }

  @AfterAll
  void close() throws SQLException {
    database.close();
  }

  static Stream<Arguments> statements() throws IOException {
    List<Arguments> statements = new ArrayList<>();
    for (String file : FILES) {
      for (String statement : SqlFile.statements("/sql/" + file + ".sql")) {
        statements.add(Arguments.of(file, statement));
      }
    }
    return statements.stream();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("statements")
  void answersAsDuckDb(String file, String sql) throws SQLException {
    ReadOutcome outcome = database.plan(sql);
    if (sql.startsWith(WHOLE)) {
      String reason = sql.substring(WHOLE.length(), sql.indexOf('\n'));
      assertThat(outcome).isEqualTo(new ReadOutcome.Unsupported(reason));
      return;
    }
    assertThat(outcome).isInstanceOf(ReadOutcome.Plan.class);
    Relation relation = ((ReadOutcome.Plan) outcome).relation();
    for (Relation variant : List.of(relation, ColumnPruning.prune(relation))) {
      check(sql, relation, SqlPrinter.print(variant));
    }
  }

  private void check(String sql, Relation relation, String printed) throws SQLException {
    if (sql.startsWith("-- fails")) {
      assertThatThrownBy(() -> database.rows(sql)).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> database.rows(printed)).isInstanceOf(SQLException.class);
      return;
    }
    List<String> types = database.types(sql);
    assertThat(database.types(printed)).as(printed).isEqualTo(types);
    assertThat(relation.types().stream().map(DataType::sql)).hasSameSizeAs(types);
    if (sql.startsWith("-- ordered")) {
      assertThat(database.rows(printed)).as(printed).isEqualTo(database.rows(sql));
    } else {
      assertThat(database.rows(printed))
          .as(printed)
          .containsExactlyInAnyOrderElementsOf(database.rows(sql));
    }
  }
}
