package io.mangonel.scheduler;

import io.mangonel.core.suspicion.Comeback;
import io.mangonel.core.suspicion.Lineage;
import io.mangonel.core.task.Incarnation;
import io.mangonel.scheduler.loop.Clock;
import io.mangonel.scheduler.loop.FencedException;
import io.mangonel.scheduler.run.SchedulerRun;
import io.mangonel.state.StateException;
import io.mangonel.wire.HostPort;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The incarnations of one scheduler process, one after another (rule T2): one that lost its key
 * drops its jobs, which others have, and the process comes back under a new name after a pause.
 */
final class Incarnations implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Incarnations.class);

  private final Function<Identity, SchedulerRun> maker;
  private final boolean comesBack;
  private final Clock clock;
  private final Consumer<Throwable> onFatal;
  private final Comeback comeback = new Comeback();
  private final ReentrantLock starting = new ReentrantLock();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile SchedulerRun present;
  private Consumer<SchedulerRun> serve = _ -> {};
  private Optional<HostPort> listening = Optional.empty();
  private volatile long startedAtMs;
  private List<Incarnation> formerly = List.of(); // Those that had a key, the last first.
  private boolean closed;

  /**
   * Who an incarnation is.
   *
   * @param formerly who the process was before, the last first
   * @param onFatal gets what ends the incarnation
   */
  record Identity(Incarnation self, List<Incarnation> formerly, Consumer<Throwable> onFatal) {}

  /**
   * Makes the first.
   *
   * @param maker makes an incarnation, not started yet
   * @param comesBack whether another takes the place of one that lost its key; else that is fatal
   * @param onFatal gets what must end the process
   */
  Incarnations(
      Function<Identity, SchedulerRun> maker,
      boolean comesBack,
      Clock clock,
      Consumer<Throwable> onFatal) {
    this.maker = maker;
    this.comesBack = comesBack;
    this.clock = clock;
    this.onFatal = onFatal;
    this.present = make(List.of());
  }

  private SchedulerRun make(List<Incarnation> formerly) {
    var self = new Incarnation("s-" + UUID.randomUUID());
    return maker.apply(new Identity(self, formerly, fatal -> failed(self, fatal)));
  }

  SchedulerRun present() {
    return present;
  }

  /**
   * Starts the first.
   *
   * @param next hears of each later one, before it is started
   * @throws RuntimeException when it cannot start on its store
   */
  void start(HostPort at, Consumer<SchedulerRun> next) {
    synchronized (this) {
      listening = Optional.of(at);
      serve = next;
      startedAtMs = clock.nowMs();
    }
    present.start(at);
  }

  private void failed(Incarnation who, Throwable fatal) {
    Optional<SchedulerRun> dropped = Optional.empty();
    synchronized (this) {
      if (closed || !present.self().equals(who)) {
        return; // It was dropped already.
      }
      if (comesBack && fatal instanceof FencedException && listening.isPresent()) {
        dropped = Optional.of(present);
        formerly = Lineage.names(who, formerly);
        present = make(formerly);
      }
    }
    if (dropped.isEmpty()) {
      onFatal.accept(fatal);
      return;
    }
    LOG.warn("{}: it drops its jobs and comes back under another name", fatal.getMessage());
    SchedulerRun lost = dropped.get();
    Thread.ofPlatform().name("scheduler-comeback").start(() -> comeBack(lost));
  }

  /** Not on a thread of the one that is dropped: those are ended here. */
  private void comeBack(SchedulerRun dropped) {
    try {
      SchedulerRun next = present;
      serve.accept(next);
      long heldMs = clock.nowMs() - startedAtMs;
      dropped.close();
      next.inherit(dropped);
      while (pause(heldMs) && !started(next)) {
        heldMs = 0;
        next = another(next);
      }
    } catch (RuntimeException | Error bug) {
      if (closing.getCount() == 0) { // It ends, and what it lives on is being closed.
        LOG.info("this process ends before its next scheduler starts: {}", bug.toString());
      } else {
        onFatal.accept(bug);
      }
    }
  }

  /** False when the process ends meanwhile. */
  private boolean pause(long heldMs) {
    long pauseMs = comeback.pauseMs(heldMs);
    LOG.info("the next incarnation starts in {} ms", pauseMs);
    try {
      return !closing.await(pauseMs, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean started(SchedulerRun next) {
    startedAtMs = clock.nowMs();
    starting.lock(); // Who closes hands over what was started.
    try {
      if (closing.getCount() == 0) {
        return true;
      }
      next.start(listening.orElseThrow());
      LOG.info("this process is scheduler {} now", next.self());
      return true;
    } catch (StateException | IllegalStateException e) {
      LOG.warn("scheduler {} does not start: {}", next.self(), e.getMessage());
      return false;
    } finally {
      starting.unlock();
    }
  }

  /** Half started, one is not started again. */
  private SchedulerRun another(SchedulerRun failed) {
    SchedulerRun next;
    synchronized (this) {
      next = make(formerly); // What became of that one's key matters, not of this one's.
      present = next;
    }
    serve.accept(next);
    failed.close();
    next.inherit(failed);
    return next;
  }

  /**
   * Hands the jobs over; nobody comes back after it.
   *
   * @param refuse closes the port
   */
  void handOver(Runnable refuse) {
    SchedulerRun last;
    synchronized (this) {
      closed = true;
      last = present;
    }
    closing.countDown();
    starting.lock();
    try {
      last.handOver(refuse);
      last.jobs().leave(); // Not before: at another they would find the job to be still ours.
    } finally {
      starting.unlock();
    }
  }

  /** Ends the threads. */
  @Override
  public void close() {
    handOver(() -> {});
    present.close();
  }
}
