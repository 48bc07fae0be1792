package io.mangonel.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.adbc.core.AdbcConnection;
import org.apache.arrow.adbc.core.AdbcDatabase;
import org.apache.arrow.adbc.core.AdbcDriver;
import org.apache.arrow.adbc.core.AdbcException;
import org.apache.arrow.adbc.core.AdbcStatement;
import org.apache.arrow.adbc.driver.flightsql.FlightSqlDriver;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.Text;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The Java ADBC driver for Flight SQL as it is published. */
@SuppressWarnings({"NullAway.Init", "try"}) // Set before all tests; closing does not wait.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdbcDriverTest {
  @TempDir static Path directory;

  private ClientCluster cluster;
  private BufferAllocator allocator;
  private AdbcDatabase database;
  private AdbcConnection connection;

  @BeforeAll
  void start() throws Exception {
    cluster = new ClientCluster(directory);
    allocator = new RootAllocator();
    Map<String, Object> options = new HashMap<>();
    AdbcDriver.PARAM_URI.set(options, "grpc+tcp://127.0.0.1:" + cluster.port());
    database = new FlightSqlDriver(allocator).open(options);
    connection = database.connect();
  }

  @AfterAll
  void stop() throws Exception {
    connection.close();
    database.close();
    allocator.close();
    cluster.close();
  }

  @Test
  void aStatementAnswers() throws Exception {
    assertThat(rows("SELECT i, 'n' || i AS name FROM range(3) t(i) ORDER BY i"))
        .containsExactly("0|n0", "1|n1", "2|n2");
  }

  private List<String> rows(String sql) throws Exception {
    try (AdbcStatement statement = connection.createStatement()) {
      statement.setSqlQuery(sql);
      return rows(statement);
    }
  }

  private static List<String> rows(AdbcStatement statement) throws Exception {
    List<String> rows = new ArrayList<>();
    try (AdbcStatement.QueryResult result = statement.executeQuery()) {
      rows.addAll(rows(result.getReader()));
    }
    return rows;
  }

  private static List<String> rows(ArrowReader reader) throws Exception {
    List<String> rows = new ArrayList<>();
    // The driver's own readers have to be asked for it before the first batch.
    VectorSchemaRoot root = reader.getVectorSchemaRoot();
    while (reader.loadNextBatch()) {
      for (int row = 0; row < root.getRowCount(); row++) {
        List<String> cells = new ArrayList<>();
        for (FieldVector vector : root.getFieldVectors()) {
          cells.add(String.valueOf(vector.getObject(row)));
        }
        rows.add(String.join("|", cells));
      }
    }
    return rows;
  }

  @Test
  void parametersAreBound() throws Exception {
    var schema =
        new Schema(
            List.of(
                Field.nullable("1", new ArrowType.Int(64, true)),
                Field.nullable("2", new ArrowType.Utf8())));
    try (AdbcStatement statement = connection.createStatement();
        VectorSchemaRoot values = VectorSchemaRoot.create(schema, allocator)) {
      statement.setSqlQuery("SELECT count(*), $2::VARCHAR FROM range(100) t(i) WHERE i < $1");
      statement.prepare();
      assertThat(statement.getParameterSchema().getFields()).hasSize(2);
      values.allocateNew();
      ((BigIntVector) values.getVector(0)).setSafe(0, 42);
      ((VarCharVector) values.getVector(1)).setSafe(0, new Text("it's"));
      values.setRowCount(1);
      statement.bind(values);
      assertThat(rows(statement)).containsExactly("42|it's");
    }
  }

  @Test
  void aViewIsMade() throws Exception {
    try (AdbcStatement statement = connection.createStatement()) {
      statement.setSqlQuery("CREATE OR REPLACE VIEW by_adbc AS SELECT 1 AS one");
      statement.executeUpdate();
    }
    assertThat(rows("FROM by_adbc")).containsExactly("1");
  }

  @Test
  void anErrorIsDuckDbs() {
    assertThatThrownBy(() -> rows("SELECT nonsense"))
        .isInstanceOf(AdbcException.class)
        .hasMessageContaining("nonsense");
  }
}
