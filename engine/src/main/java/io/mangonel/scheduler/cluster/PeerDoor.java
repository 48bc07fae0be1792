package io.mangonel.scheduler.cluster;

import io.mangonel.core.owner.Event;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.job.JobDirectory;
import io.mangonel.scheduler.job.TrackedJob;
import io.mangonel.scheduler.loop.EventQueue;
import io.mangonel.wire.peer.PeerEndpoint;
import io.mangonel.wire.peer.PeerEndpoint.JobProgress;

/** What other schedulers ask on behalf of their clients; on their call's virtual thread. */
public final class PeerDoor {
  private final JobDirectory jobs;
  private final LostClients lost;
  private final EventQueue events;

  public PeerDoor(JobDirectory jobs, LostClients lost, EventQueue events) {
    this.jobs = jobs;
    this.lost = lost;
    this.events = events;
  }

  /** What answers. */
  public PeerEndpoint endpoint() {
    return new PeerEndpoint(this::awaitJob, this::readResult, lost::reattach, lost::moveOn);
  }

  private JobProgress awaitJob(JobId job, long timeoutMs) {
    lost.found(job);
    return jobs.inMemory(job)
        .map(tracked -> progress(tracked, timeoutMs))
        .orElse(JobProgress.NOT_OWNED);
  }

  private static JobProgress progress(TrackedJob job, long timeoutMs) {
    if (job.awaitEnd(timeoutMs)) {
      return JobProgress.ENDED;
    }
    return job.isLeft() ? JobProgress.NOT_OWNED : JobProgress.RUNNING;
  }

  private void readResult(JobId job) {
    lost.found(job);
    events.put(new Event.ReadingBegins(job));
    events.put(new Event.ReadingEnds(job));
  }
}
