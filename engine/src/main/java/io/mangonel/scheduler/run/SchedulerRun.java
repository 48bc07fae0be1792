package io.mangonel.scheduler.run;

import io.mangonel.core.owner.Event;
import io.mangonel.core.owner.Limits;
import io.mangonel.core.owner.SchedulerCore;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.suspicion.Lineage;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.planner.Planner;
import io.mangonel.planner.names.Definition;
import io.mangonel.scheduler.cluster.Claims;
import io.mangonel.scheduler.cluster.ClientJobs;
import io.mangonel.scheduler.cluster.EndedJobs;
import io.mangonel.scheduler.cluster.Followers;
import io.mangonel.scheduler.cluster.Members;
import io.mangonel.scheduler.cluster.Peers;
import io.mangonel.scheduler.cluster.StoreUpkeep;
import io.mangonel.scheduler.cluster.Takeovers;
import io.mangonel.scheduler.insight.JobHistories;
import io.mangonel.scheduler.insight.SchedulerMetrics;
import io.mangonel.scheduler.job.JobDirectory;
import io.mangonel.scheduler.job.PlanRehearsal;
import io.mangonel.scheduler.job.Planning;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.loop.Clock;
import io.mangonel.scheduler.loop.Committer;
import io.mangonel.scheduler.loop.EventLoop;
import io.mangonel.scheduler.loop.EventQueue;
import io.mangonel.scheduler.loop.FencedException;
import io.mangonel.scheduler.loop.Renewal;
import io.mangonel.scheduler.peer.ExecutorCalls;
import io.mangonel.scheduler.peer.ExecutorDirectory;
import io.mangonel.scheduler.peer.ExecutorDoor;
import io.mangonel.scheduler.peer.LaunchBatches;
import io.mangonel.scheduler.peer.PollWaits;
import io.mangonel.scheduler.peer.StatusWaits;
import io.mangonel.scheduler.store.FencedStore;
import io.mangonel.scheduler.store.StoreSweep;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import io.mangonel.wire.Channels;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.executor.ExecutorClient;
import io.mangonel.wire.peer.PeerClient;
import io.mangonel.wire.scheduler.SchedulerClient;
import io.mangonel.wire.scheduler.SchedulerEndpoint;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One incarnation of a scheduler: its core, and everything that core lives on. Made first, so that
 * its services can be bound; started once the address is known.
 */
public final class SchedulerRun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SchedulerRun.class);

  private final Setup setup;
  private final EventQueue events = new EventQueue();
  private final ExecutorDirectory executors = new ExecutorDirectory();
  private final StatusWaits statuses = new StatusWaits();
  private final PollWaits polls = new PollWaits();
  private final ExecutorClient client;
  private final StoredState stored;
  private final SchedulerMetrics metrics = new SchedulerMetrics();
  private final JobHistories histories;
  private final JobDirectory jobs;
  private final Planning planning;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("scheduler-timer").daemon().factory());

  /** Renewals wait for nothing else (rule T4). */
  private final ScheduledExecutorService keepAlives =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("scheduler-lease").daemon().factory());

  private final Members members;
  private final Peers peers;
  private final Followers followers;
  private final ExecutorDoor door;
  private final ClientJobs clientJobs;
  private final JobLoading loading;

  private volatile @Nullable HostPort address;
  private final AtomicBoolean handedOver = new AtomicBoolean();
  private final CountDownLatch startedSignal = new CountDownLatch(1);
  private volatile @Nullable Started started;
  private volatile Map<Incarnation, Long> suspicionOffUntilMs = Map.of();

  private record Started(
      SchedulerCore core, // Of the loop, until that is closed.
      FencedStore store,
      Committer committer,
      Claims claims,
      StoreUpkeep upkeep,
      Effects effects,
      EventLoop loop) {}

  /**
   * What a run is made of.
   *
   * @param shared whether other schedulers may use the store, too
   * @param formerly who this process was before it lost its key, the last first (rule T2)
   * @param channels closed after the run
   * @param engineVersion DuckDB's version in this process: executors must have the same
   * @param planner closed after the run
   * @param rehearsal of statements that may have ended schedulers
   * @param definitions what a request's names mean
   * @param onFatal gets what must end the process; called at most a few times, from any thread
   */
  public record Setup(
      StateBackend backend,
      boolean shared,
      Incarnation self,
      List<Incarnation> formerly,
      Channels channels,
      Clock clock,
      Limits limits,
      String engineVersion,
      Planner planner,
      PlanRehearsal rehearsal,
      Function<JobRequest, List<Definition>> definitions,
      Consumer<Throwable> onFatal) {}

  public SchedulerRun(Setup setup) {
    this.setup = setup;
    this.stored = new StoredState(setup.backend);
    this.jobs = new JobDirectory(stored);
    this.planning =
        new Planning(setup.planner, setup.rehearsal, setup.definitions, jobs, events, metrics);
    this.histories = new JobHistories(setup.self.value());
    this.followers = new Followers(setup.self);
    this.client = new ExecutorClient(setup.channels);
    var contacts =
        new Peers.Contacts(new SchedulerClient(setup.channels), client, executors::address);
    this.peers = new Peers(setup.self, contacts, events, metrics, setup.onFatal);
    this.members = new Members(setup.backend, stored, events, peers::listed, setup.onFatal);
    this.door = makeDoor();
    this.clientJobs =
        ClientJobs.of(
            setup.self, members, stored, jobs, events, setup.clock, new PeerClient(setup.channels));
    this.loading = new JobLoading(stored, jobs, clientJobs, histories);
  }

  private ExecutorDoor makeDoor() {
    return new ExecutorDoor(
        new ExecutorDoor.Host(
            setup.self,
            setup.engineVersion,
            this::schedulers,
            stored::known,
            followers::add,
            peers::testify),
        setup.clock,
        events,
        executors,
        statuses,
        polls);
  }

  /** What executors and other schedulers call. Calls wait until the run is started. */
  public SchedulerEndpoint door() {
    return door;
  }

  /** Where all known schedulers listen, this one first. */
  private List<HostPort> schedulers() {
    HostPort mine = address;
    Set<HostPort> all = new LinkedHashSet<>(mine == null ? List.of() : List.of(mine));
    all.addAll(members.addresses());
    return List.copyOf(all);
  }

  /**
   * Registers, claims what nobody else has, and runs.
   *
   * @param listening where executors and clients find this scheduler
   */
  public void start(HostPort listening) {
    address = listening;
    long nowMs = setup.clock.nowMs();
    FencedStore store = register(listening.toString(), nowMs);
    var core = new SchedulerCore(setup.self, store.createRevision(), setup.limits);
    core.inherit(suspicionOffUntilMs, setup.formerly);
    store.lineage().off().forEach(other -> core.cameBack(other, nowMs));
    loadExecutors(core, nowMs);
    if (setup.shared) {
      // Before anything that is in the queue already: what an executor reports may be of a job that
      // is another's, and is not acknowledged then (rule T10).
      core.step(new Event.SchedulersListed(stored.schedulerIncarnations()), nowMs);
    } else {
      loading.load(core, store, nowMs);
    }
    var committer =
        new Committer(
            store, events, setup.clock, new Committer.Insight(histories, metrics), setup.onFatal);
    var calls =
        new ExecutorCalls(
            new ExecutorCalls.Here(setup.self, this::schedulers),
            client,
            executors,
            new LaunchBatches(setup.self, jobs, executors),
            polls,
            events,
            setup.clock);
    Claims claims = claims(new Takeovers(store, stored));
    StoreSweep sweep = sweep(store);
    var upkeep = new StoreUpkeep(setup.backend, setup.self, members, sweep, events, setup.onFatal);
    var effects =
        new Effects(
            jobs,
            executors,
            calls,
            statuses,
            planning,
            new Effects.StoreSide(committer, claims, peers, upkeep),
            setup.onFatal);
    var loop =
        new EventLoop(
            core,
            events,
            committer::commit,
            effects::perform,
            new EventLoop.Pace(setup.clock, setup.limits.tickMs()),
            metrics::waitedForLoop,
            setup.onFatal);
    started = new Started(core, store, committer, claims, upkeep, effects, loop);
    committer.start();
    loop.start();
    every(keepAlives, ShellLimits.KEEP_ALIVE_MS, renewal(store, committer, loop)::renew);
    if (setup.shared) {
      peers.start(store, members);
      members.start();
      every(ShellLimits.PEER_NEWS_MS, this::tellFollowers);
      every(ShellLimits.FOREIGN_JOBS_MS, jobs::lookAtForeign);
      long touchMs = setup.limits.retentionMs() / 4;
      every(
          Math.clamp(touchMs, ShellLimits.TOUCH_MIN_MS, ShellLimits.TOUCH_MAX_MS),
          clientJobs.foreign()::touchReads);
      upkeep.start();
    }
    Gauges.register(metrics, this);
    startedSignal.countDown();
    sweepOften(sweep);
  }

  /** Not asked for while the loop hangs: then nobody hears from this scheduler. */
  private void tellFollowers() {
    events.ask(SchedulerCore::executorsInReach).ifPresent(followers::tell);
  }

  private FencedStore register(String listening, long nowMs) {
    return setup.shared
        ? FencedStore.registerAmong(
            setup.backend,
            setup.self,
            new Lineage(setup.formerly, List.copyOf(suspicionOffUntilMs.keySet())),
            listening,
            nowMs,
            ShellLimits.SHARED_LEASE_TTL_MS)
        : FencedStore.registerAlone(
            setup.backend, setup.self, listening, nowMs, ShellLimits.LONE_LEASE_TTL_MS);
  }

  private Claims claims(Takeovers takeovers) {
    return new Claims(
        takeovers,
        () -> takeovers.known(members.lately(), members::isPresent),
        events,
        setup.clock,
        claimed -> loading.adopt(claimed, setup.clock.nowMs()),
        metrics,
        setup.onFatal);
  }

  private StoreSweep sweep(FencedStore store) {
    // Without an answer all count as kept: the next sweep asks again.
    UnaryOperator<Set<JobId>> kept = ended -> events.ask(asked -> asked.kept(ended)).orElse(ended);
    var endedJobs = new EndedJobs(setup.self, members, events);
    return setup.shared
        ? new StoreSweep(stored, store, kept, endedJobs, endedJobs::forgotten)
        : new StoreSweep(stored, store, kept);
  }

  private void sweepOften(StoreSweep sweep) {
    every(
        Math.min(
            ShellLimits.SWEEP_MS, Math.max(ShellLimits.SWEEP_MIN_MS, setup.limits.retentionMs())),
        () -> {
          sweep.run();
          events.ask(SchedulerCore::executors).ifPresent(executors::retain);
        });
  }

  private void loadExecutors(SchedulerCore core, long nowMs) {
    for (ExecutorInfo info : stored.executors()) {
      executors.learn(info);
      core.step(new Event.ExecutorLoaded(info), nowMs);
    }
  }

  /**
   * Waits until the jobs of the store are claimed; false when that takes long. One that comes back
   * after a pause is not waited for as long as one that starts: others may be there.
   */
  public boolean awaitStart() {
    long mostMs =
        !setup.formerly.isEmpty() ? ShellLimits.COMEBACK_WAIT_MS : ShellLimits.START_DEADLINE_MS;
    try {
      return startedSignal.await(mostMs, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Repeats {@code work} until the run is closed; an error in it is fatal. */
  public void every(long periodMs, Runnable work) {
    every(timer, periodMs, work);
  }

  private void every(ScheduledExecutorService on, long periodMs, Runnable work) {
    var _ =
        on.scheduleWithFixedDelay(
            () -> {
              try {
                work.run();
              } catch (StateException e) {
                LOG.warn("not done now: {}", e.getMessage()); // The store is away: the next time.
              } catch (RuntimeException | Error fatal) {
                if (!handedOver.get()) { // Else the store is being closed.
                  setup.onFatal.accept(fatal);
                }
              }
            },
            periodMs,
            periodMs,
            TimeUnit.MILLISECONDS);
  }

  private Renewal renewal(FencedStore store, Committer committer, EventLoop loop) {
    var signs = new Renewal.Signs(setup.clock::nowMs, loop::roundAtMs, committer::busyMs);
    return new Renewal(
        signs,
        setup.shared ? ShellLimits.SHARED_ROUND_MAX_MS : ShellLimits.ROUND_MAX_MS,
        store::keepAlive,
        () ->
            setup.onFatal.accept(
                new FencedException("the lease of scheduler " + setup.self + " ended")));
  }

  public EventQueue events() {
    return events;
  }

  public JobDirectory jobs() {
    return jobs;
  }

  public ExecutorDirectory executors() {
    return executors;
  }

  public ExecutorClient client() {
    return client;
  }

  public Planning planning() {
    return planning;
  }

  public JobHistories histories() {
    return histories;
  }

  public SchedulerMetrics metrics() {
    return metrics;
  }

  /** What clients have to do with jobs of other schedulers, and of those that are gone. */
  public ClientJobs clientJobs() {
    return clientJobs;
  }

  /** How full a shared store is; empty when it is not known. */
  Optional<StateBackend.Space> space() {
    Started run = started;
    return run == null ? Optional.empty() : run.upkeep.space();
  }

  /** Whether other schedulers may use the store, too. */
  public boolean shared() {
    return setup.shared;
  }

  /** This scheduler's incarnation. */
  public Incarnation self() {
    return setup.self;
  }

  public StoredState stored() {
    return stored;
  }

  /**
   * Tells the loop, and writes the mark that the owner and a claim of the job read (rule D7).
   * Returns whether the mark is surely there.
   */
  public boolean cancel(JobId job, String reason) {
    events.put(new Event.CancelRequested(job, reason));
    Started run = started;
    return run != null && run.store.markCancelled(job);
  }

  public String engineVersion() {
    return setup.engineVersion;
  }

  public Clock clock() {
    return setup.clock;
  }

  /**
   * Decides nothing more and lets its key go: another scheduler claims its jobs now, without
   * waiting for a lease to end. Clients and executors hear of it from there. {@code refuse} closes
   * the port: a peer that loses the stream tries it, and is to find nobody.
   */
  public void handOver(Runnable refuse) {
    Started run = started;
    if (run != null && !handedOver.getAndSet(true)) {
      keepAlives.shutdownNow();
      run.loop.close();
      run.committer.close();
      events.close();
      run.store.letGo();
      refuse.run();
      followers.close();
      members.close();
      peers.close();
      run.claims.close();
      run.upkeep.close();
      run.store.release();
    }
  }

  /** Takes what only the process knows; the one before is closed, and this one not started. */
  public void inherit(SchedulerRun closed) {
    jobs.inherit(closed.jobs);
    Started run = closed.started;
    suspicionOffUntilMs = run == null ? closed.suspicionOffUntilMs : run.core.suspicionOffUntilMs();
  }

  /** Ends the threads; jobs stay in the store for the next run. */
  @Override
  public void close() {
    handOver(() -> {});
    keepAlives.shutdownNow();
    timer.shutdownNow();
    clientJobs.foreign().close();
    planning.close();
    Optional.ofNullable(started).ifPresent(run -> run.effects.close());
  }
}
