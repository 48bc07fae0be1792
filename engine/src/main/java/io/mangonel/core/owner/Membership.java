package io.mangonel.core.owner;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which schedulers there are, and which jobs of those that are gone this one claims (rules D3, T4).
 * Lists may be stale: what it decides is a wish, and the claim's transaction the proof.
 */
final class Membership {
  /** A claim under way: whose job it was, and since when the shell tries. */
  private record Claiming(Incarnation owner, long sinceMs) {}

  private final Incarnation self;
  private final Limits limits;
  private final TreeSet<Incarnation> present = new TreeSet<>();
  private final Map<JobId, Long> orphanSinceMs = new TreeMap<>();
  private final Map<JobId, Claiming> claiming = new TreeMap<>();
  private boolean listed;
  private boolean wantsOrphans;
  private boolean unreadable;
  private long orphansAskedMs;
  private boolean orphansUnderWay;

  Membership(Incarnation self, Limits limits) {
    this.self = self;
    this.limits = limits;
  }

  /** Whether other schedulers may own jobs: from the first list on that a shared store gave. */
  boolean shared() {
    return listed;
  }

  /** Whether this is the one that does what one does for all. */
  boolean isFirst() {
    return present.isEmpty() || present.first().equals(self);
  }

  /** The schedulers that have a key now. When one is gone, or at first, somebody claims. */
  void listed(List<Incarnation> now) {
    var before = new TreeSet<>(present);
    present.clear();
    present.addAll(now);
    present.add(self);
    before.removeAll(present);
    wantsOrphans |= !listed || !before.isEmpty();
    listed = true;
  }

  /** Whether the headers of all jobs are to be read now. */
  boolean takeListOrphans(long nowMs) {
    if (!listed) {
      return false;
    }
    boolean lost = orphansUnderWay && nowMs - orphansAskedMs >= limits.orphansLostMs();
    long sinceMs = nowMs - orphansAskedMs;
    boolean due =
        sinceMs >= pauseMs() || (wantsOrphans && (!unreadable || sinceMs >= limits.askMs()));
    if ((orphansUnderWay && !lost) || !due) {
      return false;
    }
    wantsOrphans = false;
    unreadable = false;
    orphansUnderWay = true;
    orphansAskedMs = nowMs;
    return true;
  }

  /** While there are orphans that another should have claimed, they are looked at more often. */
  private long pauseMs() {
    return orphanSinceMs.isEmpty() ? limits.orphansEveryMs() : limits.claimGraceMs();
  }

  /**
   * Jobs whose owner has no key, as the store has them, or had them.
   *
   * @param all whether there are no others
   * @param known jobs that this core has
   * @param blind this scheduler could do little for them (rule T3): others are to have them
   * @return claims to be made: of one owner each, jobs with a plan first
   */
  List<Effect.ClaimJobs> orphans(
      List<Event.Orphan> orphans, boolean all, Predicate<JobId> known, boolean blind, long nowMs) {
    claiming.values().removeIf(claim -> nowMs - claim.sinceMs >= limits.orphansLostMs());
    var mine = new ArrayList<Event.Orphan>();
    var still = new TreeMap<JobId, Long>();
    for (Event.Orphan orphan : orphans) {
      boolean claimable =
          orphan.owner().equals(self)
              ? !known.test(orphan.job()) // A claim of ours, of which we were not told.
              : !present.contains(orphan.owner());
      if (!claimable || claiming.containsKey(orphan.job())) {
        continue;
      }
      long sinceMs = Optional.ofNullable(orphanSinceMs.get(orphan.job())).orElse(nowMs);
      still.put(orphan.job(), sinceMs);
      boolean wanted =
          !blind && (nowMs - sinceMs >= limits.claimGraceMs() || heir(orphan.job()).equals(self));
      if (wanted || orphan.owner().equals(self)) {
        mine.add(orphan);
      }
    }
    if (all) {
      orphansUnderWay = false;
      orphanSinceMs.clear();
    }
    orphanSinceMs.putAll(still);
    return claims(mine, nowMs);
  }

  private List<Effect.ClaimJobs> claims(List<Event.Orphan> mine, long nowMs) {
    mine.sort(
        Comparator.comparing((Event.Orphan orphan) -> !orphan.planned())
            .thenComparing(Event.Orphan::owner)
            .thenComparing(Event.Orphan::job));
    var claims = new ArrayList<Effect.ClaimJobs>();
    var batch = new ArrayList<JobId>();
    for (int i = 0; i < mine.size(); i++) {
      Event.Orphan orphan = mine.get(i);
      batch.add(orphan.job());
      claiming.put(orphan.job(), new Claiming(orphan.owner(), nowMs));
      boolean last = i + 1 == mine.size() || !sameBatch(orphan, mine.get(i + 1));
      if (last || batch.size() == limits.claimJobsMax()) {
        claims.add(new Effect.ClaimJobs(orphan.owner(), batch));
        batch.clear();
      }
    }
    return claims;
  }

  private static boolean sameBatch(Event.Orphan one, Event.Orphan next) {
    return one.owner().equals(next.owner()) && one.planned() == next.planned();
  }

  /** What came of it the next list shows; a job that was claimed is loaded before this. */
  void claimed(List<JobId> jobs) {
    jobs.forEach(claiming::remove);
    jobs.forEach(orphanSinceMs::remove);
  }

  /** Whose a job was that is being claimed; null when that is not known, or was this one. */
  @Nullable Incarnation ownerBefore(JobId job) {
    Claiming claim = claiming.get(job);
    return claim == null || claim.owner.equals(self) ? null : claim.owner;
  }

  /** Whether claims are under way. */
  boolean claims() {
    return !claiming.isEmpty();
  }

  /** The store did not answer: it is asked again after a pause. */
  void orphansUnreadable() {
    orphansUnderWay = false;
    wantsOrphans = true;
    unreadable = true;
  }

  /**
   * Who of those present should have a job, so that the jobs of one that is gone are spread over
   * all, and all think the same: the highest of one number for each pair.
   */
  private Incarnation heir(JobId job) {
    return present.stream()
        .max(
            Comparator.comparingLong((Incarnation one) -> weight(job, one))
                .thenComparing(Comparator.naturalOrder()))
        .orElse(self);
  }

  /** FNV-1a over both, then mixed: neighbouring ids differ in every bit. */
  private static long weight(JobId job, Incarnation scheduler) {
    long hash = 0xcbf29ce484222325L;
    String text = job.value() + '\0' + scheduler.value();
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    return (hash ^ (hash >>> 33)) >>> 1;
  }

  void encode(RecordWriter out) {
    out.flag(listed)
        .flag(wantsOrphans)
        .flag(orphansUnderWay)
        .flag(unreadable)
        .number(orphansAskedMs);
    out.list(present, (o, one) -> o.text(one.value()));
    out.list(orphanSinceMs.entrySet(), (o, e) -> o.text(e.getKey().value()).number(e.getValue()));
    out.list(
        claiming.entrySet(), (o, e) -> o.text(e.getKey().value()).number(e.getValue().sinceMs));
  }
}
