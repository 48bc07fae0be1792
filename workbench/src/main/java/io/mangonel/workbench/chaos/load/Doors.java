package io.mangonel.workbench.chaos.load;

import io.mangonel.cli.client.AdminReports;
import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.client.StatementSession;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.flightsql.AdminActions;
import io.mangonel.flightsql.ClientHeaders;
import io.mangonel.workbench.contest.Answer;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CallOptions;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

/** The ways in: our own client, Flight SQL with an idempotency key, the stock JDBC driver. */
final class Doors {
  private static final Duration TRY_MAX = Duration.ofSeconds(60);

  /** How long our own client goes on by itself. */
  private static final Duration AWAY_MAX = Duration.ofSeconds(40);

  private final Path data;
  private final Consumer<String> accepted;
  private final @Nullable Driver driver;

  /**
   * @param drivers where the stock driver's jar is
   * @param accepted takes the id of each job that a client has heard of
   */
  Doors(Path data, Path drivers, Consumer<String> accepted) {
    this.data = data;
    this.accepted = accepted;
    this.driver = driver(drivers).orElse(null);
  }

  private static Optional<Driver> driver(Path drivers) {
    List<URL> jars = new ArrayList<>();
    try (var files = Files.newDirectoryStream(drivers, "flight-sql-jdbc-driver-*.jar")) {
      for (Path file : files) {
        jars.add(url(file));
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    if (jars.isEmpty()) {
      return Optional.empty();
    }
    // It has classes of Arrow in it, of its own. It stays open as long as this process.
    URLClassLoader loader =
        new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    try {
      return Optional.of(
          (Driver)
              loader
                  .loadClass("org.apache.arrow.driver.jdbc.ArrowFlightJdbcDriver")
                  .getDeclaredConstructor()
                  .newInstance());
    } catch (ReflectiveOperationException e) {
      throw CommandFailure.failed("the stock JDBC driver cannot be loaded: " + e);
    }
  }

  private static URL url(Path file) {
    try {
      return file.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean hasJdbc() {
    return driver != null;
  }

  /** As {@code mangonel sql --url} does. */
  Told session(String sql, Map<String, String> settings, List<HostAndPort> addresses) {
    try (StatementSession session = open(settings, addresses)) {
      return Patience.tried(
          () -> {
            FlightInfo info = session.execute(sql);
            return read(session, info);
          },
          TRY_MAX,
          session::abandon);
    }
  }

  private Answer read(StatementSession session, FlightInfo info) throws IOException {
    accept(info);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    session.read(info, batch -> Answer.append(batch, rows));
    return new Answer(rows);
  }

  private void accept(FlightInfo info) {
    String job = StatementSession.jobId(info);
    if (!job.isEmpty()) {
      accepted.accept(job);
    }
  }

  private static StatementSession open(Map<String, String> settings, List<HostAndPort> addresses) {
    return new StatementSession(
        addresses, new TreeMap<>(settings), AWAY_MAX.toMillis(), notice -> {});
  }

  /** As {@link #session}, cancelled after a while: an error then is as right as the rows. */
  Told cancelled(
      String sql, Map<String, String> settings, List<HostAndPort> addresses, long afterMs) {
    try (StatementSession session = open(settings, addresses)) {
      return Patience.tried(
          () -> {
            FlightInfo info = session.execute(sql);
            Thread.ofPlatform()
                .daemon()
                .start(
                    () -> {
                      pause(afterMs);
                      session.cancel();
                    });
            return read(session, info);
          },
          TRY_MAX,
          session::abandon);
    }
  }

  private static void pause(long ms) {
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Through one scheduler, under a key.
   *
   * @param job takes the id of the job
   */
  @SuppressWarnings("try") // Their close may say that it was interrupted: nobody interrupts.
  Told keyed(Question question, String key, HostAndPort address, Consumer<String> job) {
    FlightCallHeaders headers = new FlightCallHeaders();
    headers.insert(ClientHeaders.SESSION, ClientHeaders.encode("chaos-" + key));
    headers.insert(ClientHeaders.DIRECTORY, ClientHeaders.encode(data.toString()));
    headers.insert(ClientHeaders.IDEMPOTENCY_KEY, ClientHeaders.encode(key));
    headers.insert(
        ClientHeaders.SETTINGS, ClientHeaders.encode(new TreeMap<>(question.settings())));
    CallOption[] options = {
      new HeaderCallOption(headers), CallOptions.timeout(TRY_MAX.toSeconds(), TimeUnit.SECONDS)
    };
    return Patience.tried(
        () -> {
          Location location = Location.forGrpcInsecure(address.host(), address.port());
          try (BufferAllocator allocator = new RootAllocator();
              FlightClient flight = FlightClient.builder(allocator, location).build();
              FlightSqlClient client = new FlightSqlClient(flight)) {
            FlightInfo info = client.execute(question.sql(), options);
            job.accept(StatementSession.jobId(info));
            accept(info);
            List<List<@Nullable Object>> rows = new ArrayList<>();
            try (FlightStream stream =
                client.getStream(info.getEndpoints().getFirst().getTicket(), options)) {
              while (stream.next()) {
                Answer.append(stream.getRoot(), rows);
              }
            }
            return new Answer(rows);
          }
        },
        TRY_MAX.plusSeconds(20),
        () -> {});
  }

  /** Whether the job has failed, as far as anybody says so. */
  Predicate<String> failedAt(List<HostAndPort> addresses) {
    return job -> {
      try {
        String answer = SchedulerConnection.ask(addresses, AdminActions.JOBS_SHOW, job);
        return AdminReports.read(answer).path("state").asText().equals("FAILED");
      } catch (CommandFailure e) {
        return false;
      }
    };
  }

  /** The stock driver, through one scheduler; values as whole numbers. */
  Told jdbc(String sql, HostAndPort address) {
    Driver stock = driver;
    if (stock == null) {
      throw new IllegalStateException("no stock JDBC driver");
    }
    AtomicReference<@Nullable Connection> open = new AtomicReference<>();
    return Patience.tried(
        () -> {
          Properties properties = new Properties();
          properties.setProperty("useEncryption", "false");
          try (Connection connection =
              stock.connect("jdbc:arrow-flight-sql://" + address, properties)) {
            open.set(connection);
            try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
              return rows(result);
            }
          }
        },
        TRY_MAX,
        () -> close(open.get()));
  }

  private static Answer rows(ResultSet result) throws SQLException {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    int columns = result.getMetaData().getColumnCount();
    while (result.next()) {
      List<@Nullable Object> row = new ArrayList<>();
      for (int column = 1; column <= columns; column++) {
        row.add(result.getLong(column));
      }
      rows.add(row);
    }
    return new Answer(rows);
  }

  private static void close(@Nullable Connection connection) {
    if (connection == null) {
      return;
    }
    // It may hang as the statement does.
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                connection.close();
              } catch (SQLException e) {
                // It was broken; that is why.
              }
            });
  }
}
