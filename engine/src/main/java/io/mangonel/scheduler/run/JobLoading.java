package io.mangonel.scheduler.run;

import io.mangonel.core.owner.Event;
import io.mangonel.core.owner.SchedulerCore;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.cluster.ClientJobs;
import io.mangonel.scheduler.insight.JobHistories;
import io.mangonel.scheduler.job.JobDirectory;
import io.mangonel.scheduler.store.FencedStore;
import io.mangonel.scheduler.store.StoredState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jobs of the store that are this scheduler's from now on. */
final class JobLoading {
  private static final Logger LOG = LoggerFactory.getLogger(JobLoading.class);

  private final StoredState stored;
  private final JobDirectory jobs;
  private final ClientJobs clientJobs;
  private final JobHistories histories;

  JobLoading(StoredState stored, JobDirectory jobs, ClientJobs clientJobs, JobHistories histories) {
    this.stored = stored;
    this.jobs = jobs;
    this.clientJobs = clientJobs;
    this.histories = histories;
  }

  /** A job of a scheduler that is gone, as it was claimed. */
  void adopt(StoredState.Claimable claimable, long nowMs) {
    JobId job = claimable.job().job();
    jobs.adopt(job, claimable.job().request());
    remember(claimable);
    histories.claimed(job, claimable.job().epoch(), nowMs);
  }

  private void remember(StoredState.Claimable claimable) {
    JobId job = claimable.job().job();
    clientJobs.lost().add(job, claimable.job().request());
    histories.load(job, claimable.log(), claimable.job().snapshot() == null);
  }

  /** All of the store, of a scheduler that is alone on it. */
  void load(SchedulerCore core, FencedStore store, long nowMs) {
    StoredState.Jobs found = stored.jobs();
    for (StoredState.Claimable claimable : found.claimable()) {
      JobId job = claimable.job().job();
      if (claimable.planned()) {
        store.loadPlanned(job);
      }
      jobs.track(job, claimable.job().request(), null);
      remember(claimable);
      core.step(new Event.JobLoaded(claimable.job(), false), nowMs);
    }
    for (StoredState.Ended ended : stored.endedWithDetails()) {
      core.step(new Event.EndedJobLoaded(ended.job(), ended.epoch()), nowMs);
    }
    for (String unreadable : found.unreadable()) {
      LOG.error("left alone, because it cannot be read: {}", unreadable);
    }
    if (!found.claimable().isEmpty()) {
      LOG.info("claimed {} jobs of the scheduler before", found.claimable().size());
    }
  }
}
