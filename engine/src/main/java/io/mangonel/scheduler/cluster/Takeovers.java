package io.mangonel.scheduler.cluster;

import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.store.FencedStore;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.scheduler.store.Survey;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds and claims jobs of schedulers that are gone. Decides nothing. */
public final class Takeovers {
  private static final Logger LOG = LoggerFactory.getLogger(Takeovers.class);

  private final FencedStore store;
  private final StoredState stored;

  /** As it was seen last: a claim that follows need not read it again. */
  private volatile Survey seen = Survey.NOTHING;

  public Takeovers(FencedStore store, StoredState stored) {
    this.store = store;
    this.stored = stored;
  }

  /**
   * Jobs whose owner has no key. With them what the headers say is ours.
   *
   * @throws io.mangonel.state.StateException when the store does not answer
   */
  public List<Event.Orphan> orphans() {
    Survey survey = stored.survey();
    seen = survey;
    List<Event.Orphan> orphans = new ArrayList<>();
    for (StoredState.Header header : new TreeMap<>(survey.headers()).values()) {
      boolean ours = header.owner().equals(store.self());
      if (ours || !survey.present().contains(header.owner())) {
        orphans.add(new Event.Orphan(header.job(), header.owner(), header.planned()));
      }
    }
    return orphans;
  }

  /**
   * Those of schedulers that are gone now, as they were seen a while ago: to begin with, at once,
   * for the claim shows what is so no more. There may be others.
   *
   * @param lately what was seen
   * @param present who has a key now
   */
  public List<Event.Orphan> known(Survey lately, Predicate<Incarnation> present) {
    List<Event.Orphan> orphans = new ArrayList<>();
    for (StoredState.Header header : new TreeMap<>(lately.headers()).values()) {
      if (!header.owner().equals(store.self()) && !present.test(header.owner())) {
        orphans.add(new Event.Orphan(header.job(), header.owner(), header.planned()));
      }
    }
    if (!orphans.isEmpty()) {
      seen = lately;
    }
    return orphans;
  }

  /** Whether the key of a scheduler had been deleted by suspicion when orphans were read last. */
  public boolean suspected(Incarnation scheduler) {
    return seen.suspected().contains(scheduler);
  }

  /**
   * Returns the jobs that are ours now, as they are stored. One that ended, or cannot be read, is
   * not among them.
   *
   * @throws io.mangonel.state.StateException when the store does not answer: some may be ours
   */
  public List<StoredState.Claimable> claim(Effect.ClaimJobs claim, long nowMs) {
    List<StoredState.Claimable> claimed = new ArrayList<>();
    FencedStore.Claimed ours = store.claim(claim.owner(), claim.jobs(), seen, nowMs);
    for (var one : stored.claimable(ours).entrySet()) {
      JobId job = one.getKey();
      switch (one.getValue()) {
        case StoredState.Claim.Found(var claimable) -> {
          if (claimable.planned()) {
            store.loadPlanned(job);
          }
          claimed.add(claimable);
        }
        case StoredState.Claim.Unreadable(String why) ->
            LOG.error("job {} is claimed and left alone, because it cannot be read: {}", job, why);
        case StoredState.Claim.Gone() -> {} // It had ended.
      }
    }
    return claimed;
  }
}
