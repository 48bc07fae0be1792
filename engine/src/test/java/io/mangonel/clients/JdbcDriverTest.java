package io.mangonel.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.InvocationTargetException;
import java.math.BigDecimal;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Arrow Flight SQL JDBC driver as it is published, with a class loader of its own. */
@SuppressWarnings("NullAway.Init") // Set before all tests.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JdbcDriverTest {
  private static final Path DRIVERS = Path.of("target/clients");
  private static final String ENDLESS =
      "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range < b.range";
  private static final Duration END_MAX = Duration.ofSeconds(60);

  @TempDir static Path directory;

  private URLClassLoader loader;
  private Driver driver;
  private ClientCluster cluster;
  private Connection connection;

  @BeforeAll
  void start() throws Exception {
    loader = new URLClassLoader(driverJars(), ClassLoader.getPlatformClassLoader());
    driver = newDriver(loader);
    cluster = new ClientCluster(directory);
    connection = connect();
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE VIEW numbers AS SELECT i, i::DECIMAL(15,2) / 4 AS price, 'n' || i AS name,"
              + " DATE '2024-01-01' + i::INTEGER AS day FROM range(1000) t(i)");
    }
  }

  private static URL[] driverJars() throws Exception {
    List<URL> jars = new ArrayList<>();
    try (var files = Files.newDirectoryStream(DRIVERS, "flight-sql-jdbc-driver-*.jar")) {
      for (Path file : files) {
        jars.add(url(file));
      }
    }
    assertThat(jars).as("the build copies the driver to " + DRIVERS).hasSize(1);
    return jars.toArray(URL[]::new);
  }

  private static URL url(Path file) throws MalformedURLException {
    return file.toUri().toURL();
  }

  private static Driver newDriver(ClassLoader loader)
      throws ReflectiveOperationException, InvocationTargetException {
    return (Driver)
        loader
            .loadClass("org.apache.arrow.driver.jdbc.ArrowFlightJdbcDriver")
            .getDeclaredConstructor()
            .newInstance();
  }

  private Connection connect() throws SQLException {
    return connect("");
  }

  private Connection connect(String options) throws SQLException {
    String url =
        "jdbc:arrow-flight-sql://127.0.0.1:" + cluster.port() + "/?useEncryption=false" + options;
    Connection opened = driver.connect(url, new Properties());
    assertThat(opened).isNotNull();
    return opened;
  }

  @AfterAll
  void stop() throws Exception {
    connection.close();
    cluster.close();
    loader.close();
  }

  @Test
  void aStatementAnswers() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT i, price, name, day FROM numbers ORDER BY i LIMIT 3")) {
      ResultSetMetaData columns = rows.getMetaData();
      assertThat(columns.getColumnName(2)).isEqualTo("price");
      assertThat(rows.next()).isTrue();
      assertThat(rows.next()).isTrue();
      assertThat(rows.getLong(1)).isEqualTo(1);
      assertThat(rows.getString("name")).isEqualTo("n1");
      assertThat(rows.getDate(4)).hasToString("2024-01-02");
      assertThat(rows.next()).isTrue();
      assertThat(rows.next()).isFalse();
    }
  }

  @Test
  void aMillionRowsArrive() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT i, 'row ' || i AS text FROM range(1000000) t(i)")) {
      long count = 0;
      long sum = 0;
      while (rows.next()) {
        count++;
        sum += rows.getLong(1);
      }
      assertThat(count).isEqualTo(1_000_000);
      assertThat(sum).isEqualTo(499_999_500_000L);
    }
  }

  /** The query wants the parameter's type, or the cast says it. */
  @Test
  void parametersOfEveryType() throws SQLException {
    String sql =
        "SELECT ?::BOOLEAN, ?::TINYINT, ?::SMALLINT, ?::INTEGER, ?::BIGINT, ?::FLOAT, ?::DOUBLE,"
            + " ?::DECIMAL(10,3), ?::VARCHAR, ?::BLOB, ?::DATE, ?::TIMESTAMP, ?::TIMESTAMPTZ,"
            + " ?::HUGEINT, ?::UUID, ?::INTEGER";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(16);
      int at = 1;
      statement.setBoolean(at++, true);
      statement.setByte(at++, (byte) -7);
      statement.setShort(at++, (short) -300);
      statement.setInt(at++, 70_000);
      statement.setLong(at++, Long.MIN_VALUE);
      statement.setFloat(at++, 0.1f);
      statement.setDouble(at++, 1e-300);
      statement.setBigDecimal(at++, new BigDecimal("1234567.891"));
      statement.setString(at++, "it's \"quoted\" ✓");
      statement.setBytes(at++, new byte[] {0, 1, (byte) 0xff});
      statement.setDate(at++, Date.valueOf("2024-02-29"));
      statement.setTimestamp(at++, Timestamp.valueOf("2024-02-29 12:34:56.789"));
      statement.setTimestamp(at++, Timestamp.valueOf("2024-02-29 12:34:56"));
      statement.setBigDecimal(at++, new BigDecimal("99999999999999999999999999999999999999"));
      statement.setString(at++, "11111111-2222-3333-4444-555555555555");
      statement.setNull(at, java.sql.Types.INTEGER);
      try (ResultSet row = statement.executeQuery()) {
        assertThat(row.next()).isTrue();
        assertThat(row.getBoolean(1)).isTrue();
        assertThat(row.getByte(2)).isEqualTo((byte) -7);
        assertThat(row.getShort(3)).isEqualTo((short) -300);
        assertThat(row.getInt(4)).isEqualTo(70_000);
        assertThat(row.getLong(5)).isEqualTo(Long.MIN_VALUE);
        assertThat(row.getFloat(6)).isEqualTo(0.1f);
        assertThat(row.getDouble(7)).isEqualTo(1e-300);
        assertThat(row.getBigDecimal(8)).isEqualTo(new BigDecimal("1234567.891"));
        assertThat(row.getString(9)).isEqualTo("it's \"quoted\" ✓");
        assertThat(row.getBytes(10)).containsExactly(0, 1, 0xff);
        assertThat(row.getDate(11)).hasToString("2024-02-29");
        assertThat(row.getTimestamp(12)).isNotNull();
        assertThat(row.getTimestamp(13)).isNotNull();
        assertThat(row.getBigDecimal(14))
            .isEqualTo(new BigDecimal("99999999999999999999999999999999999999"));
        assertThat(row.getString(15)).contains("11111111");
        assertThat(row.getObject(16)).isNull();
      }
    }
  }

  /** The types that JDBC has no setter of its own for, as the driver takes them. */
  @Test
  void parametersOfTheOtherTypes() throws SQLException {
    String sql =
        "SELECT ?::UTINYINT, ?::USMALLINT, ?::UINTEGER, ?::UBIGINT, ?::TIME, ?::TIMESTAMP_S,"
            + " ?::VARCHAR::INTERVAL, ?::VARCHAR::INTEGER[]";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setShort(1, (short) 255);
      statement.setInt(2, 65_535);
      statement.setLong(3, 4_294_967_295L);
      statement.setBigDecimal(4, new BigDecimal("18446744073709551615"));
      statement.setTime(5, Time.valueOf("12:34:56"));
      statement.setTimestamp(6, Timestamp.valueOf("2024-02-29 12:34:56"));
      statement.setString(7, "1 day 2 hours");
      statement.setString(8, "[1, 2, 3]");
      try (ResultSet row = statement.executeQuery()) {
        assertThat(row.next()).isTrue();
        // The driver reads one, four and eight bytes without a sign as if they had one.
        assertThat(row.getInt(1) & 0xff).isEqualTo(255);
        assertThat(row.getInt(2)).isEqualTo(65_535);
        assertThat(row.getLong(3) & 0xffff_ffffL).isEqualTo(4_294_967_295L);
        assertThat(Long.toUnsignedString(row.getLong(4))).isEqualTo("18446744073709551615");
        assertThat(row.getObject(5)).isNotNull();
        assertThat(row.getObject(6)).isNotNull();
        assertThat(String.valueOf(row.getObject(7))).contains("1");
        assertThat(String.valueOf(row.getObject(8))).contains("1", "2", "3");
      }
    }
  }

  @Test
  void aPreparedStatementRunsAgainWithOtherValues() throws SQLException {
    String sql = "SELECT count(*) FROM numbers WHERE i < ? AND name <> ? AND price >= ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      assertThat(count(statement, 10, "n3", "0.50")).isEqualTo(7);
      assertThat(count(statement, 100, "none", "0.00")).isEqualTo(100);
    }
  }

  private static long count(PreparedStatement statement, long below, String not, String price)
      throws SQLException {
    statement.setLong(1, below);
    statement.setString(2, not);
    statement.setDouble(3, Double.parseDouble(price));
    try (ResultSet row = statement.executeQuery()) {
      assertThat(row.next()).isTrue();
      return row.getLong(1);
    }
  }

  @Test
  void aSettingHoldsForItsConnection() throws SQLException {
    try (Connection other = connect();
        Statement mine = connection.createStatement();
        Statement others = other.createStatement()) {
      mine.execute("SET TimeZone = 'Asia/Tokyo'");
      assertThat(text(mine, "SELECT current_setting('TimeZone')")).isEqualTo("Asia/Tokyo");
      others.execute("SET VARIABLE v = 42");
      assertThat(text(others, "SELECT getvariable('v')")).isEqualTo("42");
      assertThat(text(others, "SELECT current_setting('TimeZone')")).isNotEqualTo("Asia/Tokyo");
      mine.execute("RESET TimeZone");
    }
  }

  private static String text(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return String.valueOf(rows.getString(1));
    }
  }

  @Test
  void updatesAreTold() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      assertThat(statement.execute("CREATE OR REPLACE VIEW made_by_jdbc AS SELECT 1 AS one"))
          .isFalse();
      assertThat(statement.executeUpdate("DROP VIEW made_by_jdbc")).isNotPositive();
    }
  }

  @Test
  void anErrorIsDuckDbs() {
    assertThatThrownBy(() -> query("SELECT nonsense FROM numbers"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("nonsense");
    assertThatThrownBy(() -> query("SELECT ('x' || i)::INTEGER FROM numbers"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("Could not convert string 'x0'");
  }

  private void query(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        rows.getString(1);
      }
    }
  }

  @Test
  void aRunningStatementIsCancelled() throws Exception {
    try (Statement statement = connection.createStatement();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<SQLException> failure =
          threads.submit(
              () -> {
                try (ResultSet rows = statement.executeQuery(ENDLESS)) {
                  rows.next();
                  return null;
                } catch (SQLException e) {
                  return e;
                }
              });
      await()
          .atMost(END_MAX)
          .until(
              () -> {
                statement.cancel();
                return failure.isDone();
              });
      assertThat((Throwable) failure.get()).as("the cancelled statement's error").isNotNull();
    }
  }

  @Test
  void aTimeoutEndsAStatement() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      assertThatThrownBy(
              () -> {
                try (ResultSet rows = statement.executeQuery(ENDLESS)) {
                  rows.next();
                }
              })
          .isInstanceOf(SQLException.class);
    }
  }

  @Test
  void twentyConnectionsAtOnce() throws Exception {
    try (var threads = Executors.newFixedThreadPool(20)) {
      List<Callable<Long>> clients = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        long mine = i;
        clients.add(() -> oneClient(mine));
      }
      List<Future<Long>> answers = threads.invokeAll(clients, 240, TimeUnit.SECONDS);
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get()).isEqualTo(1000L + i);
      }
    }
  }

  private long oneClient(long mine) throws SQLException {
    try (Connection own = connect();
        PreparedStatement statement =
            own.prepareStatement("SELECT count(*) + ?::BIGINT FROM numbers")) {
      statement.setLong(1, mine);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** What DBeaver asks when it opens a connection and unfolds the tree. */
  @Test
  void theMetadataWalk() throws SQLException {
    DatabaseMetaData meta = connection.getMetaData();
    assertThat(meta.getDatabaseProductName()).isEqualTo("Mangonel");
    assertThat(meta.getIdentifierQuoteString()).isEqualTo("\"");
    assertThat(column(meta.getCatalogs(), "TABLE_CAT")).containsExactly("mangonel");
    assertThat(column(meta.getSchemas(), "TABLE_SCHEM")).contains("main");
    assertThat(column(meta.getTables("mangonel", "main", "numbers", null), "TABLE_CAT"))
        .containsExactly("mangonel");
    assertThat(column(meta.getColumns("mangonel", "main", "numbers", null), "TYPE_NAME"))
        .isNotEmpty();
    query("SELECT * FROM \"mangonel\".\"main\".\"numbers\"");
    assertThat(column(meta.getTableTypes(), "TABLE_TYPE")).contains("VIEW");
    assertThat(column(meta.getTables(null, null, "num%", null), "TABLE_NAME"))
        .containsExactly("numbers");
    assertThat(column(meta.getColumns(null, null, "numbers", null), "COLUMN_NAME"))
        .containsExactly("i", "price", "name", "day");
    assertThat(column(meta.getColumns(null, null, "numbers", "pr%"), "COLUMN_NAME"))
        .containsExactly("price");
    assertThat(column(meta.getPrimaryKeys(null, "main", "numbers"), "COLUMN_NAME")).isEmpty();
    assertThat(column(meta.getImportedKeys(null, "main", "numbers"), "FKTABLE_NAME")).isEmpty();
    assertThat(column(meta.getExportedKeys(null, "main", "numbers"), "FKTABLE_NAME")).isEmpty();
  }

  @Test
  void everyQuestionAboutTheServerHasAnAnswer() throws Exception {
    DatabaseMetaData meta = connection.getMetaData();
    List<String> failed = new ArrayList<>();
    int asked = 0;
    for (var method : DatabaseMetaData.class.getMethods()) {
      boolean answers =
          method.getReturnType().isPrimitive() || method.getReturnType() == String.class;
      if (answers && method.getParameterCount() == 0) {
        asked++;
        try {
          method.invoke(meta);
        } catch (InvocationTargetException e) {
          failed.add(method.getName() + ": " + e.getCause());
        }
      }
    }
    assertThat(asked).isGreaterThan(100);
    assertThat(failed).isEmpty();
  }

  private static List<String> column(ResultSet rows, String name) throws SQLException {
    List<String> values = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        values.add(String.valueOf(rows.getString(name)));
      }
    }
    return values;
  }

  /** There is no authentication: a name is taken, and proves nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"", "&user=someone&password=secret", "&token=abc"})
  void aUserMayBeNamed(String options) throws SQLException {
    try (Connection named = connect(options);
        Statement statement = named.createStatement()) {
      assertThat(text(statement, "SELECT 1 + 1")).isEqualTo("2");
    }
  }
}
