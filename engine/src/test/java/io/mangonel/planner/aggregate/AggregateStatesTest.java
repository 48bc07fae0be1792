package io.mangonel.planner.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.planner.ir.DataType;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AggregateStatesTest {
  private static final DataType DOUBLE = new DataType.Simple("DOUBLE");
  private static final List<String> OF_TWO = List.of("corr", "covar_pop", "covar_samp");

  @TempDir Path directory;

  @Test
  void areTheStatesOfThePinnedDuckDb() throws SQLException {
    String file = directory.resolve("state.parquet").toString();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:")) {
      for (String name : AggregateStates.names()) {
        boolean two = OF_TWO.contains(name) || name.startsWith("regr_");
        List<DataType> arguments = Collections.nCopies(two ? 2 : 1, DOUBLE);
        DataType state = AggregateStates.of(name, arguments).orElseThrow();
        String call = name + (two ? "(f, f * 2)" : "(f)");
        execute(
            connection,
            "COPY (SELECT "
                + call
                + " EXPORT_STATE AS s FROM (SELECT range::DOUBLE AS f FROM range(5))) TO '"
                + file
                + "'");
        assertThat(text(connection, "SELECT typeof(s) FROM read_parquet('" + file + "')"))
            .as(name)
            .isEqualTo(text(connection, "SELECT typeof(CAST(NULL AS " + state.sql() + "))"));
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }
}
