package io.mangonel.scheduler.cluster;

import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.job.JobDirectory;
import io.mangonel.scheduler.job.TrackedJob;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.state.StateException;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Reply;
import io.mangonel.wire.peer.PeerClient;
import io.mangonel.wire.peer.PeerEndpoint.JobProgress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs of other schedulers that clients of this one wait for and read: their owners are asked, one
 * hop. The store alone would do; this is faster, and keeps what is read. Thread-safe.
 */
public final class ForeignJobs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ForeignJobs.class);

  private final Incarnation self;
  private final Members members;
  private final StoredState stored;
  private final JobDirectory jobs;
  private final PeerClient client;
  private final Set<JobId> followed = ConcurrentHashMap.newKeySet();
  private final Map<JobId, Integer> reads = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  public ForeignJobs(
      Incarnation self, Members members, StoredState stored, JobDirectory jobs, PeerClient client) {
    this.self = self;
    this.members = members;
    this.stored = stored;
    this.jobs = jobs;
    this.client = client;
  }

  /** Somebody waits for the end of this job: if it is another scheduler's, that one is asked. */
  public void follow(TrackedJob job) {
    if (jobs.isForeign(job) && followed.add(job.id())) {
      Thread.ofVirtual().name("follow-" + job.id()).start(() -> followed(job));
    }
  }

  private void followed(TrackedJob job) {
    try {
      while (jobs.isForeign(job) && !job.end().isDone()) {
        long pauseMs =
            switch (askOwner(job.id())) {
              case RUNNING -> 0;
              case NOT_OWNED -> ShellLimits.OWNER_RECHECK_MS;
              // Told a moment before the store has it, when the job is light (rule D12).
              case ENDED -> jobs.lookAt(job) ? 0 : ShellLimits.UNSEEN_JOB_EVERY_MS;
            };
        if (closed.await(pauseMs, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (StateException e) {
      LOG.info("job {} is looked at now and then: {}", job.id(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      followed.remove(job.id());
    }
  }

  private JobProgress askOwner(JobId job) {
    Optional<StoredState.Header> header = stored.header(job);
    if (header.isEmpty()) {
      return JobProgress.ENDED;
    }
    return members
        .address(header.get().owner())
        .flatMap(owner -> answer(client.awaitJob(owner, job, ShellLimits.FOLLOW_MS)))
        .orElse(JobProgress.NOT_OWNED);
  }

  private static Optional<JobProgress> answer(Reply<JobProgress> reply) {
    return reply instanceof Reply.Answered<JobProgress>(JobProgress progress)
        ? Optional.of(progress)
        : Optional.empty();
  }

  /**
   * The result of an ended job is read here: whoever keeps it is told, now and again until what
   * this returns is run (rule T15).
   */
  public Runnable reading(JobId job) {
    Optional<HostPort> keeper = jobs.inMemory(job).isPresent() ? Optional.empty() : keeper(job);
    if (keeper.isEmpty()) {
      return () -> {};
    }
    touch(keeper.get(), job);
    reads.merge(job, 1, Integer::sum);
    return () -> {
      reads.computeIfPresent(job, (_, count) -> count == 1 ? null : count - 1);
      Thread.ofVirtual().name("read-" + job).start(() -> touch(job));
    };
  }

  /** To be called more often than results expire. */
  public void touchReads() {
    reads.keySet().forEach(job -> Thread.ofVirtual().name("read-" + job).start(() -> touch(job)));
  }

  private void touch(JobId job) {
    try {
      keeper(job).ifPresent(keeper -> touch(keeper, job));
    } catch (StateException e) {
      LOG.info("nobody is told that {} is read: {}", job, e.getMessage());
    }
  }

  private void touch(HostPort keeper, JobId job) {
    var reply = client.readResult(keeper, job);
    if (!(reply instanceof Reply.Answered)) {
      LOG.info("{} is not told that {} is read: {}", keeper, job, reply);
    }
  }

  /** Who deletes it in the end, if that is another: its owner, or the first after its death. */
  private Optional<HostPort> keeper(JobId job) {
    return stored
        .ended(job)
        .map(StoredState.Ended::owner)
        .filter(owner -> !owner.equals(self))
        .flatMap(owner -> members.address(owner).or(() -> members.firstAddress(self)));
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
