package io.mangonel.scheduler.cluster;

import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.job.JobDirectory;
import io.mangonel.scheduler.job.TrackedJob;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.loop.Clock;
import io.mangonel.scheduler.store.SubmitRecord;
import io.mangonel.wire.peer.PeerEndpoint.Reattached;
import io.mangonel.wire.peer.PeerEndpoint.Resent;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Jobs of this scheduler that were taken over, and whose client lost the scheduler that it talked
 * to: a client without an idempotency key has no other way back to its job than to send the
 * statement again in its session. Each is given away once, and to nobody after somebody came with
 * its ticket. In memory only: a further takeover makes the list anew. Thread-safe.
 */
public final class LostClients {
  private final JobDirectory jobs;
  private final Clock clock;
  private final Map<JobId, Resent> waiting = new TreeMap<>();

  public LostClients(JobDirectory jobs, Clock clock) {
    this.jobs = jobs;
    this.clock = clock;
  }

  /** A job of a scheduler that is gone, which had not ended. */
  public synchronized void add(JobId job, JobRequest request) {
    if (!request.session().isEmpty() && request.idempotencyKey().isEmpty()) {
      waiting.put(job, resent(request));
      if (waiting.size() > ShellLimits.LOST_CLIENTS_MAX) {
        waiting.remove(waiting.keySet().iterator().next());
      }
    }
  }

  /** What is compared when a statement is sent again. */
  static Resent resent(JobRequest request) {
    return new Resent(request.principal(), request.session(), SubmitRecord.hash(request));
  }

  /** The oldest job of that statement, which nobody else gets. */
  public synchronized Reattached reattach(Resent resent) {
    waiting.keySet().removeIf(job -> !isWorthWaitingFor(job));
    Optional<JobId> found = Optional.empty();
    boolean more = false;
    for (Iterator<Map.Entry<JobId, Resent>> each = waiting.entrySet().iterator();
        each.hasNext(); ) {
      Map.Entry<JobId, Resent> one = each.next();
      if (found.isEmpty() && one.getValue().equals(resent)) {
        found = Optional.of(one.getKey());
        each.remove();
      } else {
        more |= isOf(one.getValue(), resent.principal(), resent.session());
      }
    }
    return new Reattached(found, more);
  }

  /** It runs, or it has finished a short while ago. One that failed is better run again. */
  private boolean isWorthWaitingFor(JobId job) {
    Optional<TrackedJob> tracked = jobs.inMemory(job);
    if (tracked.isEmpty() || !tracked.get().end().isDone()) {
      return tracked.isPresent();
    }
    return tracked.get().end().join() instanceof TerminalRecord.Finished(var _, long endedAtMs)
        && clock.nowMs() - endedAtMs < ShellLimits.LOST_CLIENT_MAX_MS;
  }

  /** Somebody came with the job's ticket. */
  public synchronized void found(JobId job) {
    waiting.remove(job);
  }

  /** The session has changed something since: its statements are new ones. */
  public synchronized void moveOn(String principal, String session) {
    waiting.values().removeIf(one -> isOf(one, principal, session));
  }

  private static boolean isOf(Resent one, String principal, String session) {
    return one.principal().equals(principal) && one.session().equals(session);
  }
}
