package io.mangonel.clients;

import io.mangonel.executor.ExecutorConfig;
import io.mangonel.executor.ExecutorServer;
import io.mangonel.flightsql.FlightSqlDoor;
import io.mangonel.scheduler.SchedulerConfig;
import io.mangonel.scheduler.SchedulerServer;
import io.mangonel.state.MemoryStateBackend;
import io.mangonel.state.StateBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Two schedulers over one store, each with its Flight SQL door, and two executors, in this JVM.
 * Clients get the address of the first.
 */
final class ClientCluster implements AutoCloseable {
  private static final long REGISTRATION_MAX_MS = 60_000;
  private static final long MEMORY_BYTES = 1L << 30;

  private final List<FlightSqlDoor> doors = new ArrayList<>();
  private final StateBackend store = MemoryStateBackend.open();
  private final List<SchedulerServer> schedulers = new ArrayList<>();
  private final List<ExecutorServer> executors = new ArrayList<>();

  ClientCluster(Path directory) throws IOException {
    for (int i = 0; i < 2; i++) {
      schedulers.add(
          SchedulerServer.startAmong(
              SchedulerConfig.local("memory", List.of(directory)),
              store,
              queries -> {
                doors.add(new FlightSqlDoor(queries, directory));
                return List.of(doors.getLast().service());
              },
              fatal -> {
                throw new IllegalStateException(fatal);
              }));
    }
    for (int i = 0; i < 2; i++) {
      executors.add(
          ExecutorServer.start(
              new ExecutorConfig(
                  "127.0.0.1",
                  0,
                  List.of("127.0.0.1:" + port()),
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
    return schedulers.getFirst().port();
  }

  /** Throws when a call has left memory behind. */
  @Override
  public void close() {
    executors.forEach(ExecutorServer::close);
    schedulers.forEach(SchedulerServer::close);
    doors.forEach(FlightSqlDoor::close);
    store.close();
  }
}
