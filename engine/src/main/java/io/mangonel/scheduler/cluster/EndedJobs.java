package io.mangonel.scheduler.cluster;

import io.mangonel.core.owner.Event;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.loop.EventQueue;
import io.mangonel.scheduler.store.StoredState;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Whose ended jobs this scheduler keeps and at last forgets: its own, and, if it is the first of
 * those present, the ones of schedulers that are gone.
 */
public final class EndedJobs implements Predicate<StoredState.LastOwner> {
  private final Incarnation self;
  private final Members members;
  private final EventQueue events;
  private final Set<JobId> inherited = ConcurrentHashMap.newKeySet();

  public EndedJobs(Incarnation self, Members members, EventQueue events) {
    this.self = self;
    this.members = members;
    this.events = events;
  }

  /** Whether it is kept here. One that is inherited now begins its retention anew. */
  @Override
  public boolean test(StoredState.LastOwner ended) {
    if (ended.owner().equals(self) || inherited.contains(ended.job())) {
      return true;
    }
    if (members.isFirst(self) && !members.isPresent(ended.owner())) {
      events.put(new Event.EndedJobLoaded(ended.job(), ended.epoch()));
      inherited.add(ended.job());
      return true;
    }
    return false;
  }

  /** Its details are deleted. */
  public void forgotten(JobId job) {
    inherited.remove(job);
  }
}
