package io.mangonel.clients;

import io.mangonel.executor.ExecutorConfig;
import io.mangonel.executor.ExecutorServer;
import io.mangonel.flightsql.FlightSqlDoor;
import io.mangonel.scheduler.SchedulerConfig;
import io.mangonel.scheduler.SchedulerServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A scheduler with its Flight SQL door and two executors, in this JVM. */
final class ClientCluster implements AutoCloseable {
  private static final long REGISTRATION_MAX_MS = 60_000;
  private static final long MEMORY_BYTES = 1L << 30;

  private final List<FlightSqlDoor> doors = new ArrayList<>();
  private final SchedulerServer scheduler;
  private final List<ExecutorServer> executors = new ArrayList<>();

  ClientCluster(Path directory) throws IOException {
    scheduler =
        SchedulerServer.start(
            SchedulerConfig.local("memory", List.of(directory)),
            queries -> {
              doors.add(new FlightSqlDoor(queries, directory));
              return List.of(doors.getFirst().service());
            });
    for (int i = 0; i < 2; i++) {
      executors.add(
          ExecutorServer.start(
              new ExecutorConfig(
                  "127.0.0.1",
                  0,
                  List.of("127.0.0.1:" + scheduler.port()),
                  directory.resolve("executor-" + i),
                  2,
                  1,
                  MEMORY_BYTES,
                  false,
                  List.of(directory))));
    }
    for (ExecutorServer executor : executors) {
      if (!executor.awaitRegistered(REGISTRATION_MAX_MS)) {
        throw new IOException("an executor did not register");
      }
    }
  }

  int port() {
    return scheduler.port();
  }

  /** Throws when a call has left memory behind. */
  @Override
  public void close() {
    executors.forEach(ExecutorServer::close);
    scheduler.close();
    doors.forEach(FlightSqlDoor::close);
  }
}
