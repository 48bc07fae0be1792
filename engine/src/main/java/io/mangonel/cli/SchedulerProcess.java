package io.mangonel.cli;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.flightsql.FlightSqlDoor;
import io.mangonel.scheduler.SchedulerConfig;
import io.mangonel.scheduler.SchedulerServer;
import io.mangonel.web.HttpDoor;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A scheduler with its doors, put together. */
final class SchedulerProcess implements AutoCloseable {
  private final String bind;
  private final SchedulerServer server;
  private final FlightSqlDoor door;
  private final @Nullable HttpDoor http;

  private SchedulerProcess(
      String bind, SchedulerServer server, FlightSqlDoor door, @Nullable HttpDoor http) {
    this.bind = bind;
    this.server = server;
    this.door = door;
    this.http = http;
  }

  /** Without HTTP. */
  static SchedulerProcess start(SchedulerConfig config) {
    List<FlightSqlDoor> doors = new ArrayList<>();
    Path directory = directory(config);
    try {
      SchedulerServer server =
          SchedulerServer.start(
              config,
              queries -> {
                FlightSqlDoor door = new FlightSqlDoor(queries, directory);
                doors.add(door);
                return List.of(door.service());
              });
      return new SchedulerProcess(config.bind(), server, doors.getFirst(), null);
    } catch (IOException e) {
      doors.forEach(FlightSqlDoor::close);
      throw CommandFailure.failed(String.valueOf(e.getMessage()));
    }
  }

  /** What relative paths are relative to when a client names no directory. */
  private static Path directory(SchedulerConfig config) {
    return config.dataDirectories().isEmpty()
        ? Path.of("").toAbsolutePath()
        : config.dataDirectories().getFirst();
  }

  static SchedulerProcess start(SchedulerConfig config, int httpPort) {
    SchedulerProcess process = start(config);
    try {
      HttpDoor http =
          HttpDoor.start(config.bind(), httpPort, process.server.queries(), directory(config));
      return new SchedulerProcess(config.bind(), process.server, process.door, http);
    } catch (BindException e) {
      process.close();
      throw CommandFailure.failed(
          "port "
              + httpPort
              + " is in use: choose another with --http-port, or 0 for any free port");
    } catch (IOException e) {
      process.close();
      throw CommandFailure.failed("cannot serve HTTP on port " + httpPort + ": " + e.getMessage());
    }
  }

  int port() {
    return server.port();
  }

  /** What scripts wait for. */
  String readyLine() {
    String host = bind.contains(":") ? "[" + bind + "]" : bind;
    String line = "ready flight=grpc://" + host + ":" + port();
    return http == null ? line : line + " http=http://" + host + ":" + http.port();
  }

  @Override
  public void close() {
    server.close(); // First: others take its jobs over.
    if (http != null) {
      http.close();
    }
    door.close();
  }
}
