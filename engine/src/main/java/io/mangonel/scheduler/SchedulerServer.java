package io.mangonel.scheduler;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.mangonel.catalog.Catalog;
import io.mangonel.catalog.Sessions;
import io.mangonel.core.owner.Limits;
import io.mangonel.core.task.Incarnation;
import io.mangonel.planner.Planner;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.loop.Clock;
import io.mangonel.scheduler.query.CatalogStatements;
import io.mangonel.scheduler.query.QueryService;
import io.mangonel.scheduler.run.SchedulerRun;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import io.mangonel.wire.GrpcServer;
import io.mangonel.wire.HostPort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running scheduler: state store, event loop, gRPC server. Several may run in one process. */
public final class SchedulerServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SchedulerServer.class);

  /** {@code EX_SOFTWARE} of sysexits. */
  private static final int FATAL_EXIT_CODE = 70;

  private final Parts parts;
  private final SchedulerRun run;
  private final QueryService queries;
  private final GrpcServer server;

  private SchedulerServer(Parts parts, SchedulerRun run, QueryService queries, GrpcServer server) {
    this.parts = parts;
    this.run = run;
    this.queries = queries;
    this.server = server;
  }

  /** As {@link #start(SchedulerConfig, Function, Consumer)}; a fatal error ends the process. */
  public static SchedulerServer start(
      SchedulerConfig config, Function<QueryService, List<BindableService>> doors)
      throws IOException {
    return start(config, doors, SchedulerServer::end);
  }

  private static void end(Throwable fatal) {
    if (fatal instanceof StateException) {
      LOG.error("this scheduler ends: {}", fatal.getMessage()); // Says all: a full disk, mostly.
    } else {
      LOG.error("this scheduler ends: {}", fatal.toString(), fatal);
    }
    Runtime.getRuntime().halt(FATAL_EXIT_CODE);
  }

  /**
   * Opens the store, takes over the jobs in it and serves.
   *
   * @param doors more services for the same port, given what they may ask
   * @param onFatal gets an error that no code of ours expected: the process has to end, because
   *     what the server holds in memory cannot be trusted any more
   * @throws IOException when the port is in use, or the store cannot be opened; the message is for
   *     a person
   */
  public static SchedulerServer start(
      SchedulerConfig config,
      Function<QueryService, List<BindableService>> doors,
      Consumer<Throwable> onFatal)
      throws IOException {
    String engineVersion = EngineVersion.read();
    Planner planner = Planner.open(config.dataDirectories());
    StateStores.Opened state;
    try {
      state = StateStores.open(config, line -> onFatal.accept(new StateException(line)));
    } catch (IOException e) {
      planner.close();
      throw e;
    }
    return start(
        config,
        new Parts(state.store(), state.shared(), true, planner, engineVersion, onFatal),
        doors);
  }

  /**
   * One of several schedulers in one process.
   *
   * @param store what they share; whoever made it closes it, after them
   */
  public static SchedulerServer startAmong(
      SchedulerConfig config,
      StateBackend store,
      Function<QueryService, List<BindableService>> doors,
      Consumer<Throwable> onFatal)
      throws IOException {
    Planner planner = Planner.open(config.dataDirectories());
    return start(
        config, new Parts(store, true, false, planner, EngineVersion.read(), onFatal), doors);
  }

  /** What is closed with the server, and who hears of its end. */
  private record Parts(
      StateBackend state,
      boolean shared,
      boolean closesState,
      Planner planner,
      String engineVersion,
      Consumer<Throwable> onFatal) {
    void close() {
      planner.close();
      if (closesState) {
        state.close();
      }
    }
  }

  private static SchedulerServer start(
      SchedulerConfig config, Parts parts, Function<QueryService, List<BindableService>> doors)
      throws IOException {
    try {
      return assemble(config, parts, doors);
    } catch (IOException e) {
      parts.close();
      throw e;
    }
  }

  private static SchedulerServer assemble(
      SchedulerConfig config, Parts parts, Function<QueryService, List<BindableService>> doors)
      throws IOException {
    var clock = new Clock();
    var sessions = new Sessions(parts.state, parts.engineVersion);
    var catalog =
        new CatalogStatements(
            new Catalog(parts.state, parts.engineVersion),
            sessions,
            clock,
            parts.planner.timeZone());
    var run =
        new SchedulerRun(
            new SchedulerRun.Setup(
                parts.state,
                parts.shared,
                new Incarnation("s-" + UUID.randomUUID()),
                clock,
                Limits.DEFAULTS
                    .withRetentionMs(config.retentionMs())
                    .withJobs(config.jobs().running(), config.jobs().queued()),
                parts.engineVersion,
                parts.planner,
                catalog::definitions,
                parts.onFatal));
    var queries = new QueryService(run, catalog, config.executorWaitMs());
    List<ServerServiceDefinition> services = new ArrayList<>(List.of(run.service()));
    doors.apply(queries).forEach(door -> services.add(door.bindService()));
    var bind = new HostPort(config.bind(), config.port());
    return switch (GrpcServer.start(bind, services)) {
      case GrpcServer.Start.Failed(String message) -> {
        run.close();
        throw new IOException(message);
      }
      case GrpcServer.Start.Running(GrpcServer server) -> {
        try {
          run.start(new HostPort(config.bind(), server.port()));
        } catch (RuntimeException e) {
          server.close();
          run.close();
          throw new IOException("cannot start on its store: " + e.getMessage(), e);
        }
        run.every(
            ShellLimits.SWEEP_MS,
            () ->
                sessions.removeUnused(
                    clock.nowMs() - ShellLimits.SESSION_TTL_MS, ShellLimits.SESSIONS_MAX));
        yield new SchedulerServer(parts, run, queries, server);
      }
    };
  }

  public QueryService queries() {
    return queries;
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  /** Hands its jobs over, stops serving and closes the store. */
  @Override
  public void close() {
    run.handOver();
    server.close();
    run.close();
    parts.close();
  }
}
