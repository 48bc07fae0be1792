package io.mangonel.executor;

import io.mangonel.core.agent.AgentCore;
import io.mangonel.core.agent.AgentEvent;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.executor.task.DuckDbEngine;
import io.mangonel.executor.task.TaskRunner;
import io.mangonel.executor.work.NativeLibrary;
import io.mangonel.executor.work.WorkDirectory;
import io.mangonel.shuffle.Checksums;
import io.mangonel.shuffle.FetchCache;
import io.mangonel.shuffle.ShuffleReader;
import io.mangonel.wire.Channels;
import io.mangonel.wire.GrpcServer;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.executor.ExecutorClient;
import io.mangonel.wire.executor.ExecutorPeerService;
import io.mangonel.wire.scheduler.SchedulerClient;
import io.mangonel.wire.scheduler.SchedulerMessages.Mode;
import io.mangonel.wire.scheduler.SchedulerMessages.Registration;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.arrow.c.jni.JniLoader;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running executor: one DuckDB, task slots, gRPC server. Several may run in one process. */
public final class ExecutorServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorServer.class);

  private final WorkDirectory work;
  private final Limits limits;
  private final DuckDbEngine engine;
  private final BufferAllocator allocator = new RootAllocator();
  private final Channels channels = new Channels();
  private final AgentLoop loop;
  private final AgentEffects effects;
  private final SchedulerDirectory directory;
  private final SchedulerLinks links;
  private final GrpcServer server;
  private final FetchCache cache;
  private final ExecutorMetrics metrics;
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
  private boolean closed;

  private ExecutorServer(
      ExecutorConfig config, WorkDirectory work, DuckDbEngine engine, Limits limits)
      throws IOException {
    this.work = work;
    this.limits = limits;
    this.engine = engine;
    this.metrics = new ExecutorMetrics(config.slots());
    Incarnation incarnation =
        new Incarnation(work.executor() + "-" + UUID.randomUUID().toString().substring(0, 8));
    LongSupplier clockMs = monotonicClock();
    AgentCore core =
        new AgentCore(
            work.executor(),
            incarnation,
            config.slots(),
            config.pull(),
            limits.agent(),
            work.records().recover());
    Checksums checksums = new Checksums();
    loop = new AgentLoop(core, clockMs, limits.agent().tickMs(), limits);
    Consumer<AgentEvent> agent = loop::submit;
    SchedulerClient client = new SchedulerClient(channels);
    directory =
        new SchedulerDirectory(addresses(config.schedulers()), client, clockMs, agent, limits);
    AgentEndpoint endpoint =
        new AgentEndpoint(loop, incarnation, work, checksums, directory, clockMs, limits);
    server = listen(config, endpoint);
    links =
        new SchedulerLinks(
            registration(config, incarnation),
            client,
            directory,
            endpoint,
            new SchedulerLinks.Listeners(agent, this::fail),
            clockMs,
            limits);
    ExecutorClient peers = new ExecutorClient(channels);
    cache = new FetchCache(work.fetched(), limits.fetchCacheBytesMax(), peers);
    ShuffleReader reader =
        new ShuffleReader(
            work.executor(),
            work.shuffle(),
            cache,
            peers,
            clockMs,
            checksums,
            limits.readInPlace());
    TaskRunner runner =
        new TaskRunner(
            engine,
            work,
            reader,
            allocator,
            dataDirectories(config.dataDirectories()),
            limits.task());
    effects = new AgentEffects(runner, endpoint, links, work, agent, metrics, incarnation.value());
  }

  /**
   * Opens the work directory and the DuckDB, serves, and registers with the schedulers, for as long
   * as that takes.
   *
   * @throws IOException when the port is in use, or the work directory cannot be written or belongs
   *     to a running executor; the message is for a person
   */
  public static ExecutorServer start(ExecutorConfig config) throws IOException {
    return start(config, Limits.of(config.workDirectory()));
  }

  /** As {@link #start(ExecutorConfig)}, with other limits. */
  public static ExecutorServer start(ExecutorConfig config, Limits limits) throws IOException {
    addresses(config.schedulers());
    NativeLibrary.sweep(Path.of(System.getProperty("java.io.tmpdir")));
    WorkDirectory work = WorkDirectory.open(config.workDirectory());
    DuckDbEngine engine;
    try {
      engine = DuckDbEngine.open(engineConfig(config, work, limits));
    } catch (SQLException | IOException failed) {
      work.close();
      throw new IOException("cannot open DuckDB: " + failed.getMessage(), failed);
    }
    Thread.ofPlatform().name("libraries").daemon().start(ExecutorServer::loadLibraries);
    ExecutorServer executor;
    try {
      executor = new ExecutorServer(config, work, engine, limits);
    } catch (IOException failed) {
      closeQuietly("DuckDB", engine);
      work.close();
      throw failed;
    }
    executor.loop.start(executor.effects::perform, executor::fail);
    executor.directory.start();
    LOG.info(
        "executor {} on port {}: {} slots, {} threads, {} MB memory, DuckDB {}",
        executor.id(),
        executor.port(),
        config.slots(),
        config.threads(),
        config.memoryBytes() >> 20,
        engine.version());
    return executor;
  }

  /** Arrow's library is loaded now and not with the first result, and then none needs its file. */
  private static void loadLibraries() {
    try {
      JniLoader.get().ensureLoaded();
    } catch (LinkageError | RuntimeException foreign) {
      LOG.error("results cannot be sent: Arrow's library does not load: {}", foreign.toString());
    }
    NativeLibrary.deleteUnpacked();
  }

  private static DuckDbEngine.Config engineConfig(
      ExecutorConfig config, WorkDirectory work, Limits limits) throws IOException {
    List<Path> allowed = new ArrayList<>();
    allowed.add(work.shuffle().root());
    allowed.add(work.inputs());
    allowed.add(work.spill());
    allowed.addAll(dataDirectories(config.dataDirectories()));
    return new DuckDbEngine.Config(
        config.threads(),
        config.memoryBytes(),
        work.spill(),
        limits.spillBytesMax(),
        allowed.stream().distinct().toList());
  }

  /** As they are written, and where links lead. */
  private static List<Path> dataDirectories(List<Path> configured) throws IOException {
    List<Path> all = new ArrayList<>();
    for (Path data : configured) {
      all.add(data.toAbsolutePath().normalize());
      if (Files.exists(data)) {
        all.add(data.toRealPath());
      }
    }
    return all;
  }

  private static List<HostPort> addresses(List<String> schedulers) throws IOException {
    List<HostPort> addresses = new ArrayList<>();
    for (String text : schedulers) {
      addresses.add(
          HostPort.parse(text)
              .orElseThrow(() -> new IOException("'" + text + "' is not host:port")));
    }
    if (addresses.isEmpty()) {
      throw new IOException("no scheduler is named");
    }
    return addresses;
  }

  private static GrpcServer listen(ExecutorConfig config, AgentEndpoint endpoint)
      throws IOException {
    HostPort bind = new HostPort(config.bind(), config.port());
    return switch (GrpcServer.start(bind, List.of(ExecutorPeerService.of(endpoint)))) {
      case GrpcServer.Start.Running running -> running.server();
      case GrpcServer.Start.Failed failed -> throw new IOException(failed.message());
    };
  }

  private Registration registration(ExecutorConfig config, Incarnation incarnation)
      throws IOException {
    InetAddress bind = InetAddress.getByName(config.bind());
    String host =
        bind.isAnyLocalAddress() ? InetAddress.getLocalHost().getHostAddress() : config.bind();
    return new Registration(
        work.executor(),
        incarnation,
        new HostPort(host, server.port()),
        config.slots(),
        config.threads(),
        config.memoryBytes(),
        engine.version(),
        config.pull() ? Mode.PULL : Mode.PUSH,
        List.of());
  }

  private static LongSupplier monotonicClock() {
    long startedNs = System.nanoTime();
    return () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNs);
  }

  private void fail(String message) {
    if (failure.compareAndSet(null, message)) {
      LOG.error("{}", message);
      links.registered().countDown();
    }
  }

  /** Its stable node id, from the work directory. */
  public ExecutorId id() {
    return work.executor();
  }

  /** Where it keeps what outlives it. */
  public Path workDirectory() {
    return work.root();
  }

  /** Whether a scheduler has accepted it, and nothing has gone wrong since. */
  public boolean ready() {
    return links.registered().getCount() == 0 && failure.get() == null;
  }

  /** The figures for monitoring, in Prometheus' text format. */
  public String metrics() {
    return metrics.text();
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  /**
   * Waits until a scheduler has accepted it.
   *
   * @return false when none had after {@code timeoutMs}
   * @throws IOException when a scheduler refused it for good (another DuckDB version), or it failed
   *     by itself; the message is for a person
   */
  public boolean awaitRegistered(long timeoutMs) throws IOException {
    CountDownLatch registered = links.registered();
    try {
      boolean done = registered.await(timeoutMs, TimeUnit.MILLISECONDS);
      String message = failure.get();
      if (message != null) {
        throw new IOException(message);
      }
      return done;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Takes no more tasks, lets those that run end, up to a bound, and says goodbye to the
   * schedulers. To be followed by {@link #close}, which may also be called meanwhile, from another
   * thread.
   */
  public void drain() {
    if (!loop.submit(new AgentEvent.DrainRequested())) {
      return;
    }
    long waitMs = limits.agent().drainMs() + limits.agent().drainReportMs() + limits.stopMs();
    if (!effects.awaitDrained(waitMs, limits.stopMs())) {
      LOG.warn("not drained within {} ms", waitMs);
    }
  }

  /** Stops tasks, ends the server and closes the DuckDB. Files of finished tasks stay. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    directory.stop();
    server.close();
    cache.close();
    if (!effects.stopAll(limits.stopMs())) {
      LOG.warn("some tasks did not stop within {} ms", limits.stopMs());
    }
    loop.stop(limits.stopMs());
    channels.close();
    closeQuietly("DuckDB", engine);
    closeQuietly("memory of results", allocator);
    closeQuietly("the work directory", work);
  }

  private static void closeQuietly(String what, AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception failed) {
      LOG.warn("cannot close {}: {}", what, failed.getMessage());
    }
  }
}
