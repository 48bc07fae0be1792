package io.mangonel.planner.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.core.graph.EdgeKind;
import io.mangonel.planner.carrier.ColumnCarrier.FileColumn;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.stage.StageInput;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.planner.stage.StagePlan;
import io.mangonel.planner.stage.TaskSql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stage writes, the next stage reads: same values, same types, whatever the type. */
class CarrierRoundTripTest {
  private static final int ROWS = 30;

  @TempDir Path directory;
  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection("jdbc:duckdb:");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  static List<String> simpleTypes() {
    return RandomValues.SIMPLE;
  }

  @ParameterizedTest
  @MethodSource("simpleTypes")
  void keepsEveryType(String name) throws SQLException {
    DataType type = RandomValues.simple(name);
    roundTrip(type, new RandomValues(1));
    roundTrip(new DataType.ListOf(type), new RandomValues(2));
    roundTrip(new DataType.Struct(List.of(new DataType.Field("x", type))), new RandomValues(3));
    roundTrip(new DataType.Struct(List.of(new DataType.Field("", type))), new RandomValues(4));
    roundTrip(new DataType.Union(List.of(new DataType.Field("x", type))), new RandomValues(5));
    roundTrip(new DataType.MapOf(type, type), new RandomValues(6));
    roundTrip(new DataType.ArrayOf(type, 2), new RandomValues(7));
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
  void keepsNestedTypes(long seed) throws SQLException {
    RandomValues random = new RandomValues(seed);
    for (int i = 0; i < 15; i++) {
      roundTrip(random.type(3), random);
    }
  }

  @Test
  void keepsAColumnOfNulls() throws SQLException {
    roundTrip(new DataType.Simple("NULL"), new RandomValues(1));
  }

  @Test
  void knowsNoCarrierForAnUnknownType() {
    assertThat(ColumnCarrier.of("c0", new DataType.Simple("GEOGRAPHY_OF_TOMORROW"))).isEmpty();
    assertThat(ColumnCarrier.of("c0", new DataType.ListOf(new DataType.Simple("?")))).isEmpty();
  }

  private void roundTrip(DataType type, RandomValues random) throws SQLException {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      values.add("SELECT " + random.value(type) + " AS c0");
    }
    String select = String.join(" UNION ALL ", values);
    ColumnCarrier carrier = ColumnCarrier.of("c0", type).orElseThrow();
    String file = directory.resolve("x.parquet").toString();
    StageOutput.Shuffle output =
        new StageOutput.Shuffle(
            carrier.columns().stream()
                .map(column -> new StageOutput.Carrier(column.name(), column.write()))
                .toList(),
            new StageOutput.Partitioning.None());
    execute("CREATE OR REPLACE TABLE original AS " + select);
    execute(TaskSql.copyToFile(output, "SELECT c0 FROM original", file, true));
    assertThat(fileTypes(file))
        .as("file types of %s", type.sql())
        .isEqualTo(carrier.columns().stream().map(FileColumn::type).map(this::named).toList());
    List<String> expected = answer("SELECT c0 FROM original");
    assertThat(answer(read(type, carrier, List.of(new TaskSql.LocalFile(file, false)))))
        .as("round trip of %s", type.sql())
        .isEqualTo(expected);
    assertThat(answer(read(type, carrier, List.of()))).isEmpty();
  }

  private static String read(DataType type, ColumnCarrier carrier, List<TaskSql.LocalFile> files) {
    StageInput.Exchange input =
        new StageInput.Exchange(
            "s0",
            0,
            EdgeKind.ALL,
            carrier.columns().stream()
                .map(column -> new StageInput.Column(column.name(), column.type()))
                .toList(),
            List.of(carrier.read()),
            List.of(type.sql()),
            null);
    StagePlan stage =
        new StagePlan(
            1,
            1,
            List.of(),
            "SELECT c0 FROM s0",
            List.of(input),
            new StageOutput.Result(),
            true,
            1);
    return TaskSql.select(stage, 0, Map.of(0, files));
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new SQLException(e.getMessage() + "\n" + sql, e);
    }
  }

  /** The type and the text of each row, and a hash, which tells apart what reads the same. */
  private List<String> answer(String select) throws SQLException {
    List<String> rows = new ArrayList<>();
    String sql = "SELECT typeof(c0), CAST(c0 AS VARCHAR), hash(c0) FROM (" + select + ")";
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows.add(result.getString(1) + " " + result.getString(2) + " " + result.getString(3));
      }
    } catch (SQLException e) {
      throw new SQLException(e.getMessage() + "\n" + sql, e);
    }
    return rows;
  }

  private List<String> fileTypes(String file) throws SQLException {
    return types("SELECT * FROM read_parquet('" + file + "')");
  }

  private List<String> types(String select) throws SQLException {
    List<String> types = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery("SELECT column_type FROM (DESCRIBE " + select + ")")) {
      while (result.next()) {
        types.add(result.getString(1));
      }
    }
    return types;
  }

  /** A type as DuckDB writes it. */
  private String named(String type) {
    try {
      return types("SELECT CAST(NULL AS " + type + ")").getFirst();
    } catch (SQLException e) {
      throw new IllegalStateException(type, e);
    }
  }
}
