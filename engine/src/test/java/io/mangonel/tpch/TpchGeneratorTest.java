package io.mangonel.tpch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.tpch.GenerationResult.Generated;
import io.mangonel.tpch.GenerationResult.Refused;
import io.mangonel.tpch.GenerationResult.Reused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TpchGeneratorTest {
  @TempDir Path directory;

  @Test
  void makesEveryTableOnceAndFindsItAgain() throws IOException {
    Path data = directory.resolve("a/b/tpch");
    assertThat(TpchGenerator.generate(0.01, data, 3)).isEqualTo(new Generated(data, 86_805));
    assertThat(TpchGenerator.generate(0.01, data, 3)).isEqualTo(new Reused(data, 86_805));
    try (Stream<Path> entries = Files.list(data.getParent())) {
      assertThat(entries).as("nothing unfinished is left").containsExactly(data);
    }
    try (Stream<Path> entries = Files.list(data)) {
      assertThat(entries.filter(Files::isDirectory).map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(TpchGenerator.TABLES);
    }
    try (Stream<Path> files = Files.list(data.resolve("lineitem"))) {
      assertThat(files.map(path -> path.getFileName().toString()).sorted())
          .containsExactly("part-00001.parquet", "part-00002.parquet", "part-00003.parquet");
    }
  }

  /** Counts, sums and a query's answer do not depend on how the data is split. */
  @ParameterizedTest
  @CsvSource({"1", "4"})
  void holdsTheSpecificationsRows(int parts) throws SQLException {
    Path data = directory.resolve("tpch");
    TpchGenerator.generate(0.01, data, parts);
    assertThat(
            query(
                data,
                "SELECT count(*), sum(l_quantity), sum(l_extendedprice), min(l_shipdate),"
                    + " max(l_shipdate) FROM lineitem"))
        .containsExactly("60175|1536127.00|2152189760.47|1992-01-04|1998-11-29");
    assertThat(query(data, "SELECT count(*), sum(o_totalprice), max(o_orderkey) FROM orders"))
        .containsExactly("15000|2127396830.02|60000");
    assertThat(
            query(
                data,
                "SELECT l_returnflag, l_linestatus, sum(l_quantity), sum(l_extendedprice * (1 -"
                    + " l_discount) * (1 + l_tax)), count(*) FROM lineitem WHERE l_shipdate <="
                    + " DATE '1998-09-02' GROUP BY ALL ORDER BY ALL"))
        .containsExactly(
            "A|F|380456.00|526165934.000839|14876",
            "N|F|8971.00|12282485.056933|348",
            "N|O|742802.00|1029418531.523350|29181",
            "R|F|381449.00|528524219.358903|14902");
  }

  @Test
  void typesAreThoseOfTheSpecification() throws SQLException {
    Path data = directory.resolve("tpch");
    TpchGenerator.generate(0.001, data, 1);
    assertThat(query(data, "SELECT column_name, column_type FROM (DESCRIBE orders)"))
        .containsExactly(
            "o_orderkey|BIGINT",
            "o_custkey|BIGINT",
            "o_orderstatus|VARCHAR",
            "o_totalprice|DECIMAL(15,2)",
            "o_orderdate|DATE",
            "o_orderpriority|VARCHAR",
            "o_clerk|VARCHAR",
            "o_shippriority|INTEGER",
            "o_comment|VARCHAR");
  }

  @Test
  void filesAreSortedByTheirKey() throws SQLException {
    Path data = directory.resolve("tpch");
    TpchGenerator.generate(0.01, data, 2);
    assertThat(
            query(
                data,
                "SELECT count(*) FROM (SELECT l_orderkey < lag(l_orderkey) OVER (PARTITION BY"
                    + " filename ORDER BY file_row_number) AS back FROM read_parquet('"
                    + data
                    + "/lineitem/*.parquet', filename = true, file_row_number = true)) WHERE back"))
        .containsExactly("0");
  }

  @Test
  void refusesWhatItMustNotOverwrite() throws IOException {
    Path other = Files.createDirectory(directory.resolve("other"));
    Files.writeString(other.resolve("thesis.tex"), "precious");
    assertThat(TpchGenerator.generate(0.001, other, 1))
        .isEqualTo(
            new Refused(
                other + " exists and holds something else: choose an empty or a new directory"));

    Path data = directory.resolve("tpch");
    TpchGenerator.generate(0.001, data, 1);
    assertThat(TpchGenerator.generate(1, data, 1))
        .isEqualTo(
            new Refused(
                data
                    + " holds TPC-H data of scale factor 0.001 in 1 part: choose another directory,"
                    + " or remove it"));

    Path file = Files.writeString(directory.resolve("file"), "");
    assertThat(TpchGenerator.generate(0.001, file, 1))
        .isEqualTo(new Refused(file + " exists and is not a directory"));
    assertThat(TpchGenerator.generate(0.001, file.resolve("below"), 1))
        .isEqualTo(
            new Refused(
                "cannot write to "
                    + file.resolve("below")
                    + ": a file of that name is in the way ("
                    + file
                    + ")"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, the scale factor must be above 0 and at most 100000",
    "NaN, 1, the scale factor must be above 0 and at most 100000",
    "1, 0, the number of parts must be from 1 to 10000"
  })
  void refusesNonsense(double scaleFactor, int parts, String message) {
    assertThat(TpchGenerator.generate(scaleFactor, directory.resolve("tpch"), parts))
        .isEqualTo(new Refused(message));
  }

  @Test
  void anEmptyDirectoryAndLeftoversOfADeadProcessAreNoObstacle() throws IOException {
    Path data = Files.createDirectory(directory.resolve("tpch"));
    Path leftover = Files.createDirectories(directory.resolve(".tpch.4194999-ab.unfinished/part"));
    assertThat(TpchGenerator.generate(0.001, data, 1)).isInstanceOf(Generated.class);
    assertThat(leftover.getParent()).doesNotExist();
  }

  private static List<String> query(Path data, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      for (String view : TpchGenerator.createViews(data)) {
        statement.execute(view);
      }
      try (ResultSet result = statement.executeQuery(sql)) {
        int columns = result.getMetaData().getColumnCount();
        while (result.next()) {
          List<String> row = new ArrayList<>();
          for (int i = 1; i <= columns; i++) {
            row.add(String.valueOf(result.getObject(i)));
          }
          rows.add(String.join("|", row));
        }
      }
    }
    return rows;
  }
}
