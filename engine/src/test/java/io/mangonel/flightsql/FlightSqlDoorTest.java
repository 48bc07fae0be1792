package io.mangonel.flightsql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.mangonel.executor.ExecutorConfig;
import io.mangonel.executor.ExecutorServer;
import io.mangonel.scheduler.SchedulerConfig;
import io.mangonel.scheduler.SchedulerServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.impl.Flight;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlInfo;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A stock Flight SQL client against a scheduler and an executor in this process. Closing the door
 * throws when a call has left memory behind.
 */
@SuppressWarnings({"NullAway.Init", "try"}) // Set before all tests; streams close without a wait.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FlightSqlDoorTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long REGISTRATION_MAX_MS = 30_000;
  private static final Duration STATE_MAX = Duration.ofSeconds(30);

  @TempDir static Path directory;

  private final List<FlightSqlDoor> doors = new ArrayList<>();
  private SchedulerServer scheduler;
  private ExecutorServer executor;
  private BufferAllocator allocator;
  private FlightClient flight;
  private FlightSqlClient client;

  @BeforeAll
  void start() throws Exception {
    scheduler =
        SchedulerServer.start(
            SchedulerConfig.local("memory", List.of(directory)),
            queries -> {
              doors.add(new FlightSqlDoor(queries, directory));
              return List.of(doors.getFirst().service());
            });
    executor =
        ExecutorServer.start(
            new ExecutorConfig(
                "127.0.0.1",
                0,
                List.of("127.0.0.1:" + scheduler.port()),
                directory.resolve("executor"),
                2,
                2,
                512L << 20,
                false,
                List.of(directory)));
    assertThat(executor.awaitRegistered(REGISTRATION_MAX_MS)).isTrue();
    allocator = new RootAllocator(256L << 20);
    flight =
        FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", scheduler.port()))
            .build();
    client = new FlightSqlClient(flight);
  }

  @AfterAll
  void stop() throws Exception {
    client.close();
    flight.close();
    allocator.close();
    executor.close();
    scheduler.close();
    doors.getFirst().close();
  }

  @Test
  void anAnswerHasOneEndpointAndThePromisedSchema() throws Exception {
    FlightInfo info = client.execute("SELECT i, i::VARCHAR AS text FROM range(3) t(i) ORDER BY i");
    assertThat(info.getEndpoints()).hasSize(1);
    assertThat(info.getOrdered()).isTrue();
    assertThat(rows(info)).containsExactly("0|0", "1|1", "2|2");
  }

  @Test
  void anAnswerWithoutRowsHasItsSchema() throws Exception {
    FlightInfo info = client.execute("SELECT 1 AS a, 'x' AS b WHERE false");
    assertThat(info.getSchemaOptional().orElseThrow().getFields().stream().map(Field::getName))
        .containsExactly("a", "b");
    assertThat(rows(info)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "true",
        "1::TINYINT",
        "1::UBIGINT",
        "1::HUGEINT",
        "1.5::DECIMAL(15,2)",
        "1.5::FLOAT",
        "'text'",
        "'ab'::BLOB",
        "DATE '2024-01-01'",
        "TIME '01:02:03'",
        "TIMESTAMP '2024-01-01 01:02:03'",
        "TIMESTAMPTZ '2024-01-01 01:02:03+00'",
        "'2024-01-01'::TIMESTAMP_NS",
        "INTERVAL 1 DAY",
        "uuid '11111111-2222-3333-4444-555555555555'",
        "'a'::ENUM('a', 'b')",
        "'101'::BIT",
        "[1, 2]",
        "array_value(1, 2)",
        "{'a': 1, 'b': [{'c': 'x'}]}",
        "MAP {'k': 1}",
        "NULL"
      })
  void everyTypeKeepsItsPromise(String expression) throws Exception {
    FlightInfo info = client.execute("SELECT " + expression + " AS v");
    assertThat(info.getSchemaOptional().orElseThrow().getFields())
        .allMatch(Field::isNullable)
        .allMatch(field -> field.getMetadata().isEmpty());
    assertThat(rows(info)).hasSize(1);
  }

  @Test
  void namesMayRepeatAndBeOdd() throws Exception {
    FlightInfo info = client.execute("SELECT 1 AS a, 2 AS a, 3 AS \"x \"\"y\"\"\"");
    assertThat(info.getSchemaOptional().orElseThrow().getFields().stream().map(Field::getName))
        .containsExactly("a", "a", "x \"y\"");
    assertThat(rows(info)).containsExactly("1|2|3");
  }

  @Test
  void aLargeAnswerArrivesWhole() throws Exception {
    FlightInfo info = client.execute("SELECT i, repeat('x', 100) AS s FROM range(200000) t(i)");
    long rows = 0;
    try (FlightStream stream = client.getStream(info.getEndpoints().getFirst().getTicket())) {
      while (stream.next()) {
        rows += stream.getRoot().getRowCount();
      }
    }
    assertThat(rows).isEqualTo(200_000);
  }

  /** A sender that is not told would wait {@link Limits#CLIENT_WAIT_MS} for each of 60 batches. */
  @Test
  void aSenderHearsAtOnceThatItsClientHasRead() throws Exception {
    long startedNs = System.nanoTime();
    FlightInfo info = client.execute("SELECT i FROM range(1000000) t(i)");
    long rows = 0;
    try (FlightStream stream = client.getStream(info.getEndpoints().getFirst().getTicket())) {
      while (stream.next()) {
        rows += stream.getRoot().getRowCount();
      }
    }
    assertThat(rows).isEqualTo(1_000_000);
    assertThat(Duration.ofNanos(System.nanoTime() - startedNs)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void aViewIsMadeByUpdateAndByQueryAndIsListed() throws Exception {
    assertThat(client.executeUpdate("CREATE OR REPLACE VIEW one AS SELECT 1 AS n")).isZero();
    FlightInfo second = client.execute("CREATE OR REPLACE VIEW two AS SELECT n + 1 AS m FROM one");
    assertThat(second.getSchemaOptional().orElseThrow().getFields()).isEmpty();
    assertThat(second.getEndpoints()).hasSize(1);
    assertThat(rows(second)).isEmpty();
    assertThat(rows(client.execute("SELECT m FROM two"))).containsExactly("2");
    assertThat(rows(client.getTables(null, null, "tw%", null, false)))
        .containsExactly("mangonel|main|two|VIEW");
    assertThat(rows(client.getTables(null, null, "one", List.of("TABLE"), false))).isEmpty();
    assertThat(rows(client.getSchemas(null, null))).containsExactly("mangonel|main");
    assertThat(rows(client.getCatalogs())).containsExactly("mangonel");
    assertThat(rows(client.getTableTypes())).containsExactly("LOCAL TEMPORARY", "VIEW");
  }

  @Test
  void preparedStatementsTellTheirSchemaAndRunAgain() throws Exception {
    try (FlightSqlClient.PreparedStatement query = client.prepare("SELECT 41 + 1 AS n")) {
      assertThat(query.getResultSetSchema().getFields().stream().map(Field::getName))
          .containsExactly("n");
      assertThat(rows(query.execute())).containsExactly("42");
      assertThat(rows(query.execute())).containsExactly("42");
    }
    try (FlightSqlClient.PreparedStatement update =
        client.prepare("CREATE OR REPLACE VIEW prepared_view AS SELECT 1 AS n")) {
      assertThat(update.getResultSetSchema().getFields())
          .as("an empty schema means update")
          .isEmpty();
      assertThat(update.executeUpdate()).isZero();
    }
    assertThat(rows(client.execute("FROM prepared_view"))).containsExactly("1");
  }

  @Test
  void typesAreTold() throws Exception {
    assertThat(rows(client.getXdbcTypeInfo()))
        .hasSizeGreaterThan(20)
        .anyMatch(row -> row.contains("BIGINT"));
    assertThat(rows(client.getXdbcTypeInfo(java.sql.Types.DATE)))
        .hasSize(1)
        .allMatch(row -> row.startsWith("DATE|91|"));
  }

  @Test
  void everyCodeOfSqlInfoHasAValue() throws Exception {
    List<String> infos = rows(client.getSqlInfo());
    List<String> missing = new ArrayList<>();
    for (SqlInfo info : SqlInfo.values()) {
      // The library can not say which locks a result set takes; drivers ask by another code.
      boolean sayable = !info.name().startsWith("SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET");
      if (sayable
          && info != SqlInfo.UNRECOGNIZED
          && infos.stream().noneMatch(row -> row.startsWith(info.getNumber() + "|"))) {
        missing.add(info.name());
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void aSessionHasOptionsAndAnEnd() throws Exception {
    CallOption mine = session("options");
    SetSessionOptionsResult set =
        client.setSessionOptions(
            new SetSessionOptionsRequest(
                Map.of(
                    "TimeZone", SessionOptionValueFactory.makeSessionOptionValue("Asia/Tokyo"),
                    "catalog", SessionOptionValueFactory.makeSessionOptionValue("mangonel"),
                    "schema", SessionOptionValueFactory.makeSessionOptionValue("nowhere"),
                    "threads", SessionOptionValueFactory.makeSessionOptionValue(4L))),
            mine);
    assertThat(set.getErrors()).containsOnlyKeys("schema", "threads");
    String zone = "SELECT current_setting('TimeZone')";
    assertThat(rows(client.execute(zone, mine), mine)).containsExactly("Asia/Tokyo");
    assertThat(client.getSessionOptions(new GetSessionOptionsRequest(), mine).getSessionOptions())
        .containsKey("TimeZone");
    assertThat(client.closeSession(new CloseSessionRequest(), mine).getStatus())
        .isEqualTo(CloseSessionResult.Status.CLOSED);
    assertThat(rows(client.execute(zone, mine), mine)).doesNotContain("Asia/Tokyo");
  }

  @Test
  void aSettingWithoutASessionIsRefused() {
    assertFails("SET TimeZone = 'UTC'", FlightStatusCode.INVALID_ARGUMENT, "let it keep cookies");
  }

  /** The library's client has no call for it. */
  @Test
  void aStatementIsPolledToItsEnd() throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", scheduler.port()).usePlaintext().build();
    try {
      var stub = FlightServiceGrpc.newBlockingStub(channel);
      byte[] command =
          Any.pack(
                  CommandStatementQuery.newBuilder()
                      .setQuery("SELECT sum(i) AS s FROM range(3000000) t(i)")
                      .build())
              .toByteArray();
      Flight.FlightDescriptor next =
          Flight.FlightDescriptor.newBuilder()
              .setType(Flight.FlightDescriptor.DescriptorType.CMD)
              .setCmd(ByteString.copyFrom(command))
              .build();
      Flight.PollInfo poll = stub.pollFlightInfo(next);
      for (int i = 0; poll.hasFlightDescriptor() && i < 100; i++) {
        assertThat(poll.getProgress()).isBetween(0.0, 1.0);
        poll = stub.pollFlightInfo(poll.getFlightDescriptor());
      }
      assertThat(poll.hasFlightDescriptor()).isFalse();
      assertThat(poll.getProgress()).isEqualTo(1.0);
      FlightInfo info =
          FlightInfo.deserialize(poll.getInfo().toByteString().asReadOnlyByteBuffer());
      assertThat(rows(info)).containsExactly("4499998500000");
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void explainIsText() throws Exception {
    FlightInfo info = client.execute("EXPLAIN SELECT count(*) FROM range(10)");
    assertThat(info.getSchemaOptional().orElseThrow().getFields()).isNotEmpty();
    assertThat(rows(info)).isNotEmpty();
  }

  @Test
  void whatASessionSetsIsItsOwn() throws Exception {
    CallOption first = session("first");
    String zone = "SELECT current_setting('TimeZone')";
    rows(client.execute("SET TimeZone = 'Asia/Tokyo'", first), first);
    assertThat(rows(client.execute(zone, first), first)).containsExactly("Asia/Tokyo");
    CallOption second = session("second");
    assertThat(rows(client.execute(zone, second), second)).doesNotContain("Asia/Tokyo");
  }

  @Test
  void settingsOfACallHoldForThatCall() throws Exception {
    FlightCallHeaders headers = new FlightCallHeaders();
    headers.insert(ClientHeaders.SETTINGS, "TimeZone=America%2FLima");
    CallOption option = new HeaderCallOption(headers);
    String zone = "SELECT current_setting('TimeZone')";
    assertThat(rows(client.execute(zone, option), option)).containsExactly("America/Lima");
    assertThat(rows(client.execute(zone))).doesNotContain("America/Lima");
  }

  @Test
  void aUsersErrorIsInvalidArgumentWithDuckDbsMessage() {
    assertFails("SELEC 1", FlightStatusCode.INVALID_ARGUMENT, "syntax error at or near \"SELEC\"");
    assertFails("FROM no_such_table", FlightStatusCode.INVALID_ARGUMENT, "no_such_table");
  }

  @Test
  void anErrorWhileRunningReachesTheClient() throws Exception {
    FlightInfo info = client.execute("SELECT ('x' || i)::INTEGER FROM range(3) t(i)");
    assertThatThrownBy(() -> rows(info))
        .isInstanceOfSatisfying(
            FlightRuntimeException.class,
            e -> {
              assertThat(e.status().code()).isEqualTo(FlightStatusCode.INVALID_ARGUMENT);
              assertThat(e.status().description()).contains("Could not convert string 'x0'");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "{}",
        "null",
        "{\"kind\":\"job\"}",
        "{\"kind\":\"job\",\"id\":\" \"}",
        "{\"kind\":\"rows\",\"columns\":[null],\"rows\":[]}"
      })
  void aForeignTicketIsRefused(String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertRefused(bytes);
    assertRefused(ForgedTickets.of(bytes));
    assertRefused(ForgedTickets.of(ForgedTickets.deflated(bytes, 0)));
  }

  private void assertRefused(byte[] ticket) {
    assertThatThrownBy(
            () -> {
              try (FlightStream stream = client.getStream(new Ticket(ticket))) {
                stream.next();
              }
            })
        .isInstanceOfSatisfying(
            FlightRuntimeException.class,
            e -> {
              assertThat(e.status().code()).isEqualTo(FlightStatusCode.INVALID_ARGUMENT);
              assertThat(e.status().description()).contains("not made by Mangonel");
            });
  }

  @Test
  void aRelativeDirectoryHeaderIsRefused() {
    FlightCallHeaders headers = new FlightCallHeaders();
    headers.insert(ClientHeaders.DIRECTORY, "here");
    assertThatThrownBy(() -> client.execute("SELECT 1", new HeaderCallOption(headers)))
        .hasMessageContaining("must be an absolute path");
  }

  @Test
  void aRunningStatementIsCancelled() throws Exception {
    FlightInfo info =
        client.execute(
            "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range < b.range");
    CancelStatus status = client.cancelFlightInfo(new CancelFlightInfoRequest(info)).getStatus();
    assertThat(status).isIn(CancelStatus.CANCELLED, CancelStatus.CANCELLING);
    assertThatThrownBy(() -> rows(info)).isInstanceOf(FlightRuntimeException.class);
    await()
        .atMost(STATE_MAX)
        .untilAsserted(() -> assertThat(newestJob().path("state").asText()).isEqualTo("CANCELLED"));
  }

  @Test
  void theServerTellsWhatItIs() throws Exception {
    assertThat(rows(client.getSqlInfo(SqlInfo.FLIGHT_SQL_SERVER_NAME)))
        .containsExactly("0|Mangonel");
  }

  @Test
  void adminActionsAnswerJson() throws Exception {
    rows(client.execute("SELECT 'admin' AS marker"));
    // A small read is answered ahead of the store (rule D12), and listed by what is stored.
    await()
        .atMost(STATE_MAX)
        .untilAsserted(() -> assertThat(newestJob().path("state").asText()).isEqualTo("COMPLETED"));
    JsonNode job = newestJob();
    JsonNode shown = JSON.readTree(ask(AdminActions.JOBS_SHOW, job.path("id").asText()));
    assertThat(shown.path("stages").path(0).path("by_task").path(0).path("executor").asText())
        .isEqualTo(executor.id().value());
    JsonNode executors = JSON.readTree(ask(AdminActions.EXECUTORS_LIST, ""));
    assertThat(executors.path(0).path("state").asText()).isEqualTo("alive");
    assertThatThrownBy(() -> ask(AdminActions.JOBS_SHOW, "no-such-job"))
        .isInstanceOfSatisfying(
            FlightRuntimeException.class,
            e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.NOT_FOUND));
  }

  private void assertFails(String statement, FlightStatusCode code, String message) {
    assertThatThrownBy(() -> client.execute(statement))
        .isInstanceOfSatisfying(
            FlightRuntimeException.class,
            e -> {
              assertThat(e.status().code()).isEqualTo(code);
              assertThat(e.status().description()).contains(message).doesNotContain("\tat ");
            });
  }

  private JsonNode newestJob() throws Exception {
    return JSON.readTree(ask(AdminActions.JOBS_LIST, "")).path(0);
  }

  private String ask(String action, String body) {
    var results = flight.doAction(new Action(action, body.getBytes(StandardCharsets.UTF_8)));
    return new String(results.next().getBody(), StandardCharsets.UTF_8);
  }

  private static CallOption session(String name) {
    FlightCallHeaders headers = new FlightCallHeaders();
    headers.insert(ClientHeaders.SESSION, name);
    return new HeaderCallOption(headers);
  }

  /** The rows of an answer as text; its schema must be the promised one. */
  private List<String> rows(FlightInfo info, CallOption... options) throws Exception {
    List<String> rows = new ArrayList<>();
    try (FlightStream stream =
        client.getStream(info.getEndpoints().getFirst().getTicket(), options)) {
      assertThat(stream.getSchema()).isEqualTo(info.getSchemaOptional().orElseThrow());
      while (stream.next()) {
        for (int row = 0; row < stream.getRoot().getRowCount(); row++) {
          List<String> cells = new ArrayList<>();
          for (FieldVector vector : stream.getRoot().getFieldVectors()) {
            cells.add(String.valueOf(vector.getObject(row)));
          }
          rows.add(String.join("|", cells));
        }
      }
    }
    return rows;
  }
}
