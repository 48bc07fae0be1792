package io.mangonel.scheduler;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.mangonel.catalog.Catalog;
import io.mangonel.catalog.Sessions;
import io.mangonel.core.owner.Limits;
import io.mangonel.planner.Planner;
import io.mangonel.scheduler.job.PlanRehearsal;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.loop.Clock;
import io.mangonel.scheduler.query.CatalogStatements;
import io.mangonel.scheduler.query.QueryService;
import io.mangonel.scheduler.run.SchedulerRun;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import io.mangonel.wire.Channels;
import io.mangonel.wire.GrpcServer;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.peer.PeerService;
import io.mangonel.wire.scheduler.SchedulerPeerService;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
  private final Incarnations incarnations;
  private final QueryService queries;
  private final GrpcServer server;

  private SchedulerServer(
      Parts parts, Incarnations incarnations, QueryService queries, GrpcServer server) {
    this.parts = parts;
    this.incarnations = incarnations;
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
    Planner planner = planner(config);
    StateStores.Opened state;
    try {
      state = StateStores.open(config, line -> onFatal.accept(new StateException(line)));
    } catch (IOException e) {
      planner.close();
      throw e;
    }
    return start(
        config,
        new Parts(
            state.store(),
            state.shared(),
            true,
            planner,
            planner.engineVersion(),
            new Channels(),
            onFatal),
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
    Planner planner = planner(config);
    return start(
        config,
        new Parts(store, true, false, planner, planner.engineVersion(), new Channels(), onFatal),
        doors);
  }

  private static Planner planner(SchedulerConfig config) throws IOException {
    try {
      return Planner.open(config.dataDirectories());
    } catch (IllegalStateException e) {
      throw new IOException("cannot open DuckDB: " + e.getMessage(), e);
    }
  }

  /** What is closed with the server, and who hears of its end. */
  private record Parts(
      StateBackend state,
      boolean shared,
      boolean closesState,
      Planner planner,
      String engineVersion,
      Channels channels,
      Consumer<Throwable> onFatal) {
    void close() {
      channels.close();
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
    var incarnations =
        new Incarnations(
            identity -> {
              var run = new SchedulerRun(setup(config, parts, identity, clock, catalog));
              run.every(ShellLimits.SWEEP_MS, () -> removeUnused(sessions, clock));
              return run;
            },
            parts.shared,
            clock,
            parts.onFatal);
    var queries = new QueryService(incarnations.present(), catalog, config.executorWaitMs());
    List<ServerServiceDefinition> services = new ArrayList<>();
    services.add(SchedulerPeerService.of(() -> incarnations.present().door()));
    services.add(PeerService.of(() -> incarnations.present().clientJobs().door().endpoint()));
    doors.apply(queries).forEach(door -> services.add(door.bindService()));
    var bind = new HostPort(config.bind(), config.port());
    return switch (GrpcServer.start(bind, services)) {
      case GrpcServer.Start.Failed(String message) -> {
        incarnations.close();
        throw new IOException(message);
      }
      case GrpcServer.Start.Running(GrpcServer server) -> {
        try {
          incarnations.start(new HostPort(config.bind(), server.port()), queries::serve);
        } catch (RuntimeException e) {
          server.close();
          incarnations.close();
          throw new IOException("cannot start on its store: " + e.getMessage(), e);
        }
        yield new SchedulerServer(parts, incarnations, queries, server);
      }
    };
  }

  private static SchedulerRun.Setup setup(
      SchedulerConfig config,
      Parts parts,
      Incarnations.Identity identity,
      Clock clock,
      CatalogStatements catalog) {
    return new SchedulerRun.Setup(
        parts.state,
        parts.shared,
        identity.self(),
        identity.formerly(),
        parts.channels,
        clock,
        Limits.DEFAULTS
            .withRetentionMs(config.retentionMs())
            .withJobs(config.jobs().running(), config.jobs().queued()),
        parts.engineVersion,
        parts.planner,
        PlanRehearsal.inOwnJvm(config.dataDirectories()),
        catalog::definitions,
        identity.onFatal());
  }

  private static void removeUnused(Sessions sessions, Clock clock) {
    sessions.removeUnused(clock.nowMs() - ShellLimits.SESSION_TTL_MS, ShellLimits.SESSIONS_MAX);
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
    incarnations.handOver(server::refuse);
    server.close();
    incarnations.close();
    parts.close();
  }
}
