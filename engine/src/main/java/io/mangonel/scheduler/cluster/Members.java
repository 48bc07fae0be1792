package io.mangonel.scheduler.cluster;

import io.mangonel.core.owner.Event;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.loop.EventQueue;
import io.mangonel.scheduler.store.Look;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.scheduler.store.Survey;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import io.mangonel.wire.HostPort;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which schedulers have a key, and whose end somebody wants: tells the core. A watch wakes it, and
 * as watches lose events it also lists again and again.
 */
public final class Members implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Members.class);

  private final StateBackend backend;
  private final StoredState stored;
  private final EventQueue events;
  private final Consumer<List<StoredState.Scheduler>> listener;
  private final Consumer<Throwable> onFatal;
  private final Semaphore wake = new Semaphore(0);
  private final CountDownLatch stop = new CountDownLatch(1);
  private final List<StateBackend.Watch> watches = new ArrayList<>();
  private final Set<JobId> cancelled = new HashSet<>();

  /** Whose key is gone, as the store told: that need not be read first. */
  private final Queue<Incarnation> removed = new ConcurrentLinkedQueue<>();

  private volatile List<StoredState.Scheduler> present = List.of();
  private volatile Survey lately = Survey.NOTHING;

  /** Notes of suspicion since then. */
  private final Set<Incarnation> suspected = ConcurrentHashMap.newKeySet();

  private final AtomicLong gone = new AtomicLong();
  private volatile long goneAtNs;

  /** A scheduler that is registered, and where it listens. */
  public record Other(Incarnation incarnation, HostPort address) {}

  /**
   * @param listener hears each list before the core does
   * @param onFatal gets an error that no code of ours expected
   */
  public Members(
      StateBackend backend,
      StoredState stored,
      EventQueue events,
      Consumer<List<StoredState.Scheduler>> listener,
      Consumer<Throwable> onFatal) {
    this.listener = listener;
    this.onFatal = onFatal;
    this.backend = backend;
    this.stored = stored;
    this.events = events;
  }

  /** Lists for the first time, then watches. */
  public void start() {
    list();
    Thread.ofPlatform().daemon().name("scheduler-members").start(this::run);
  }

  private void run() {
    boolean watching = false;
    while (stop.getCount() > 0) {
      try {
        if (!watching) {
          watch(
              Keyspace.SCHEDULERS,
              change -> {
                if (change instanceof StateBackend.Change.Deleted(var key)) {
                  removed.add(new Incarnation(key));
                }
              });
          watch(
              Keyspace.SUSPICIONS,
              change -> {
                if (change instanceof StateBackend.Change.Put(var note)) {
                  suspected.add(new Incarnation(note.key()));
                }
              });
          watch(Keyspace.CANCELS, _ -> {});
          watching = true;
        }
        dropRemoved();
        list();
      } catch (StateException e) {
        LOG.warn("the list of schedulers is as it was: {}", e.getMessage());
      } catch (RuntimeException | Error bug) {
        if (stop.getCount() > 0) { // Else the store was closed.
          onFatal.accept(bug);
        }
        return;
      }
      try {
        if (wake.tryAcquire(ShellLimits.MEMBERS_LIST_MS, TimeUnit.MILLISECONDS)) {
          wake.drainPermits();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Its own commits change a scheduler's key, too: only what comes and goes matters. */
  private void watch(Keyspace keyspace, Consumer<StateBackend.Change> hear) {
    StateBackend.Watch watch =
        backend.watch(
            keyspace,
            "",
            change -> {
              hear.accept(change);
              boolean counts =
                  switch (change) {
                    case StateBackend.Change.Put(var entry) ->
                        entry.createRevision() == entry.modifyRevision();
                    case StateBackend.Change.Deleted _, StateBackend.Change.Lost _ -> true;
                  };
              if (counts) {
                wake.release();
              }
            });
    synchronized (watches) {
      watches.add(watch);
    }
  }

  private void list() {
    Set<Incarnation> noted = Set.copyOf(suspected);
    Look look = stored.look();
    lately = look.survey();
    suspected.removeAll(noted); // It shows them, or their notes are gone.
    publish(look.schedulers());
    Set<JobId> marks = new HashSet<>(look.cancelMarks());
    cancelled.retainAll(marks);
    for (JobId job : marks) {
      if (cancelled.add(job)) {
        events.put(new Event.CancelRequested(job, "cancelled on request"));
      }
    }
  }

  /** Their jobs are looked for at once: names are never used again. */
  private void dropRemoved() {
    Set<Incarnation> drained = new HashSet<>();
    for (Incarnation one = removed.poll(); one != null; one = removed.poll()) {
      drained.add(one);
    }
    List<StoredState.Scheduler> rest =
        present.stream().filter(one -> !drained.contains(one.incarnation())).toList();
    if (rest.size() < present.size()) {
      publish(rest);
    }
  }

  private void publish(List<StoredState.Scheduler> now) {
    List<StoredState.Scheduler> before = present;
    present = now;
    listener.accept(now);
    long missing = before.stream().filter(one -> !isPresent(one.incarnation())).count();
    if (missing > 0) {
      goneAtNs = System.nanoTime();
      gone.addAndGet(missing);
    }
    events.put(
        new Event.SchedulersListed(
            now.stream().map(StoredState.Scheduler::incarnation).toList(),
            now.stream().flatMap(one -> one.succession().stream()).toList()));
  }

  /** The key of a scheduler was deleted here: tells that, and lists. Never waits. */
  public void removed(Incarnation scheduler) {
    removed.add(scheduler);
    wake.release();
  }

  /** The key of a scheduler could not be deleted here: lists. Never waits. */
  public void listNow() {
    wake.release();
  }

  /** Who had which job when it was listed last. */
  public Survey lately() {
    return lately.withSuspected(Set.copyOf(suspected));
  }

  /** How many schedulers went since this one began to look. */
  public long gone() {
    return gone.get();
  }

  /** Whether one went so short a while ago that its jobs may be nobody's yet. */
  public boolean isOneJustGone() {
    return gone.get() > 0
        && System.nanoTime() - goneAtNs
            < TimeUnit.MILLISECONDS.toNanos(ShellLimits.REATTACH_WAIT_MS);
  }

  /** All but {@code self}, as they were listed last. */
  public List<Other> others(Incarnation self) {
    return present.stream()
        .filter(one -> !one.incarnation().equals(self))
        .flatMap(
            one ->
                HostPort.parse(one.record().address()).stream()
                    .map(address -> new Other(one.incarnation(), address)))
        .toList();
  }

  /** Where it listens; empty when it is gone. */
  public Optional<HostPort> address(Incarnation scheduler) {
    return present.stream()
        .filter(one -> one.incarnation().equals(scheduler))
        .findFirst()
        .flatMap(one -> HostPort.parse(one.record().address()));
  }

  /** Where the one listens that does what one does for all; empty when that is {@code self}. */
  public Optional<HostPort> firstAddress(Incarnation self) {
    return present.stream()
        .map(StoredState.Scheduler::incarnation)
        .min(Comparator.naturalOrder())
        .filter(first -> !first.equals(self))
        .flatMap(this::address);
  }

  /** Where all listen, as it was listed last. */
  public List<HostPort> addresses() {
    return present.stream().flatMap(one -> one.address().stream()).toList();
  }

  /** Whether this is the one that does what one does for all. */
  public boolean isFirst(Incarnation self) {
    return present.stream()
        .map(StoredState.Scheduler::incarnation)
        .min(Comparator.naturalOrder())
        .filter(self::equals)
        .isPresent();
  }

  public boolean isPresent(Incarnation scheduler) {
    return present.stream().anyMatch(one -> one.incarnation().equals(scheduler));
  }

  @Override
  public void close() {
    stop.countDown();
    wake.release();
    synchronized (watches) {
      watches.forEach(StateBackend.Watch::close);
    }
  }
}
