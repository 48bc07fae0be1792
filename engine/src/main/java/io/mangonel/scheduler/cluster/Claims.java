package io.mangonel.scheduler.cluster;

import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.task.Incarnation;
import io.mangonel.scheduler.insight.SchedulerMetrics;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.loop.Clock;
import io.mangonel.scheduler.loop.EventQueue;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.state.StateException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Performs {@link Takeovers} as the core wishes: some at once, on threads of their own. */
public final class Claims implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Claims.class);

  private final Takeovers takeovers;
  private final Supplier<List<Event.Orphan>> known;
  private final EventQueue events;
  private final Clock clock;
  private final Consumer<StoredState.Claimable> loaded;
  private final Consumer<Throwable> onFatal;
  private final SchedulerMetrics metrics;
  private final Set<Incarnation> counted = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          ShellLimits.CLAIMS_AT_ONCE,
          Thread.ofPlatform().daemon().name("scheduler-claims-", 0).factory());

  /**
   * @param known jobs of schedulers that are gone, as far as that is known without asking
   * @param loaded takes a job that is ours now, before the core does
   * @param onFatal gets an error that no code of ours expected
   */
  public Claims(
      Takeovers takeovers,
      Supplier<List<Event.Orphan>> known,
      EventQueue events,
      Clock clock,
      Consumer<StoredState.Claimable> loaded,
      SchedulerMetrics metrics,
      Consumer<Throwable> onFatal) {
    this.metrics = metrics;
    this.onFatal = onFatal;
    this.clock = clock;
    this.takeovers = takeovers;
    this.known = known;
    this.events = events;
    this.loaded = loaded;
  }

  /**
   * Never waits; perhaps {@code OrphansKnown}, then {@code OrphansListed} or {@code
   * OrphansUnreadable}.
   */
  public void listOrphans() {
    execute(
        () -> {
          try {
            beginWithKnown();
            events.put(new Event.OrphansListed(takeovers.orphans()));
          } catch (StateException e) {
            LOG.warn("jobs without an owner are not looked for now: {}", e.getMessage());
            events.put(new Event.OrphansUnreadable());
          } catch (RuntimeException | Error bug) {
            failed(bug);
          }
        });
  }

  private void beginWithKnown() {
    List<Event.Orphan> orphans = known.get();
    if (!orphans.isEmpty()) {
      events.put(new Event.OrphansKnown(orphans));
    }
  }

  private void execute(Runnable work) {
    try {
      threads.execute(work);
    } catch (RejectedExecutionException e) {
      LOG.debug("closing: nothing is claimed any more");
    }
  }

  private void failed(Throwable bug) {
    if (!threads.isShutdown()) { // Else the store was closed.
      onFatal.accept(bug);
    }
  }

  /** Never waits; a {@code JobLoaded} for each that is ours now, then {@code ClaimAnswered}. */
  public void claim(Effect.ClaimJobs claim) {
    execute(
        () -> {
          try {
            claimNow(claim);
          } catch (StateException e) {
            LOG.warn("jobs of {} are not claimed now: {}", claim.owner(), e.getMessage());
          } catch (RuntimeException | Error bug) {
            failed(bug);
          } finally {
            events.put(new Event.ClaimAnswered(claim.jobs()));
          }
        });
  }

  private void claimNow(Effect.ClaimJobs claim) {
    List<StoredState.Claimable> ours = takeovers.claim(claim, clock.nowMs());
    for (StoredState.Claimable claimed : ours) {
      loaded.accept(claimed);
      events.put(new Event.JobLoaded(claimed.job(), true));
    }
    if (!ours.isEmpty()) {
      metrics.claimed(ours.size());
      boolean suspected = takeovers.suspected(claim.owner());
      LOG.info(
          "took over {} jobs of scheduler {}, {}",
          ours.size(),
          claim.owner(),
          suspected ? "gone by suspicion" : "whose key is gone");
      if (counted.add(claim.owner())) {
        metrics.tookOver(suspected);
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
