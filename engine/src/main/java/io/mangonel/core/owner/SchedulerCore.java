package io.mangonel.core.owner;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.graph.ExecutionGraph;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.suspicion.PeerEvent;
import io.mangonel.core.suspicion.Reach;
import io.mangonel.core.suspicion.SuspicionLimits;
import io.mangonel.core.suspicion.Suspicions;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One scheduler as a state machine: events in, {@link Ready} out. Confined to the event loop's
 * thread; no IO, clock or randomness, so that a run is a function of its events and can be
 * replayed.
 *
 * <p>The shell's loop: take up to N events, {@code step} each, then {@code ready()} once; send the
 * commit, perform the effects, enqueue every outcome as an event. Times are milliseconds since 1970
 * by a clock that never goes back within the process (start time plus monotonic time).
 *
 * <p>Start-up: write this scheduler's key with count 0 and a new incarnation, read its creation
 * revision, make a core, step an {@code ExecutorLoaded} for each registration and a {@code
 * JobLoaded} for each queued and active job, and then everything else.
 */
public final class SchedulerCore {
  private final Incarnation self;
  private final Limits limits;
  private final Committer committer;
  private final Admission admission;
  private final TaskManager tasks;
  private final ExecutorManager executors;
  private final Takeover takeover;
  private final JobLifecycle jobs;
  private final ExecutorEvents executorEvents;
  private final Membership membership;
  private final Suspicions suspicions;
  private final Reach reach;
  private final List<Effect> effects = new ArrayList<>();
  private long steppedAtMs;
  private long tickedAtMs;
  private boolean fencedTold;
  private String fencedWhy = " lost its key in the store";

  /**
   * @param self this scheduler's incarnation
   * @param fenceRevision creation revision of its key, whose count is 0
   */
  public SchedulerCore(Incarnation self, long fenceRevision, Limits limits) {
    this.self = self;
    this.limits = limits;
    this.committer = new Committer(fenceRevision, limits);
    this.admission = new Admission(limits);
    this.tasks = new TaskManager(self, committer, admission);
    this.executors = new ExecutorManager(limits);
    this.takeover = new Takeover(tasks, executors, limits);
    this.jobs = new JobLifecycle(limits, committer, tasks, admission, executors, takeover, effects);
    this.executorEvents =
        new ExecutorEvents(limits, committer, tasks, executors, takeover, jobs, effects);
    this.membership = new Membership(self, limits);
    this.suspicions = new Suspicions(self, SuspicionLimits.DEFAULTS);
    this.reach = new Reach(SuspicionLimits.DEFAULTS);
  }

  /**
   * The one before of this process knew errors of suspicion (rule T2); before the first event.
   *
   * @param names of this process until now
   */
  public void inherit(Map<Incarnation, Long> suspicionOffUntilMs, List<Incarnation> names) {
    suspicions.inherit(suspicionOffUntilMs, names);
  }

  /** This process is back after an error of suspicion (rule T2); before the first event. */
  public void cameBack(Incarnation suspectedBy, long nowMs) {
    suspicions.cameBack(suspectedBy, nowMs);
  }

  /** What the next incarnation of this process inherits. */
  public Map<Incarnation, Long> suspicionOffUntilMs() {
    return suspicions.offUntilMs();
  }

  /**
   * Takes an event. A fenced core ignores all.
   *
   * @param nowMs not before that of the step before
   */
  public void step(Event event, long nowMs) {
    if (nowMs < steppedAtMs) {
      throw new IllegalArgumentException("time went back from " + steppedAtMs + " to " + nowMs);
    }
    steppedAtMs = nowMs;
    if (committer.fenced()) {
      return;
    }
    switch (event) {
      case Event.JobQueued queued -> jobs.queue(queued, nowMs);
      case Event.JobSubmitted(var id, var plan) ->
          jobs.planning(id).ifPresent(job -> jobs.submit(job, plan, nowMs));
      case Event.PlanningFailed(var id, var message, boolean retryable) ->
          jobs.planning(id)
              .ifPresent(
                  job ->
                      jobs.end(job, new TerminalRecord.Failed(message, retryable, nowMs), nowMs));
      case Event.CancelRequested(var id, var reason) ->
          jobs.open(id)
              .filter(job -> !job.publishing())
              .ifPresent(job -> jobs.end(job, new TerminalRecord.Cancelled(reason, nowMs), nowMs));
      case Event.RowsSent(var id) ->
          jobs.open(id).ifPresent(job -> tasks.changed(job, ExecutionGraph::markRowsSent, nowMs));
      case Event.ReadingBegins(var id) -> jobs.retention().readingBegins(id, nowMs);
      case Event.ReadingEnds(var id) -> jobs.retention().readingEnds(id, nowMs);
      case Event.ExecutorRegistered(var info, var outputs) ->
          executorEvents.register(info, outputs, nowMs);
      case Event.Heartbeat heartbeat -> executorEvents.heartbeat(heartbeat, nowMs);
      case Event.ExecutorLeaving(var id, var run, boolean gone) ->
          ifKnown(id, run, () -> executorEvents.leaving(id, gone, nowMs));
      case Event.ExecutorLost(var id, var incarnation, var reason) ->
          executorEvents.lose(id, incarnation, reason, nowMs);
      case Event.Offer(var id, var run, var reservations) ->
          ifKnown(id, run, () -> executorEvents.offered(id, reservations, nowMs));
      case Event.SlotsReserved(var id, var run, long request, var granted, int waiting) ->
          ifKnown(id, run, () -> executorEvents.reserved(id, request, granted, waiting, nowMs));
      case Event.SlotsUnanswered(var id, var run, long request) ->
          ifKnown(id, run, () -> executors.slotsUnanswered(id, request, nowMs));
      case Event.LaunchAnswered(var id, var run, var answers) ->
          ifKnown(
              id,
              run,
              () -> answers.forEach(answer -> executorEvents.launchAnswered(id, answer, nowMs)));
      case Event.LaunchUnanswered _ -> {} // The next tick after its time repeats it.
      case Event.TaskUpdates updates ->
          ifKnown(
              updates.executor(),
              updates.incarnation(),
              () -> executorEvents.update(updates, membership.shared(), nowMs));
      case Event.JobsAdopted adopted -> {
        takeover.outrun(adopted).forEach(job -> jobs.claimAgain(job, nowMs));
        takeover.adopted(adopted, nowMs).forEach(job -> jobs.settle(job, nowMs));
      }
      case Event.CommitAnswered(long count, var outcome) -> {
        committer.answered(count, outcome, nowMs);
        jobs.epochsDurable(nowMs);
      }
      case Event.FenceRead read -> fenceRead(read);
      case Event.FenceUnreadable() -> committer.fenceUnreadable(nowMs);
      case Event.StoreMeasured(long used, long quota, boolean takesNothing) ->
          admission.space().measured(used, quota, takesNothing);
      case Event.OfCluster said -> cluster(said, nowMs);
      case Event.JobLoaded(var stored, boolean claimed) ->
          jobs.load(stored, claimed, membership.ownerBefore(stored.job()), nowMs);
      case Event.EndedJobLoaded(var id, long epoch) -> jobs.loadEnded(id, epoch, nowMs);
      case Event.ExecutorLoaded(var info) -> executorEvents.loaded(info, nowMs);
      case Event.Tick() -> tick();
    }
  }

  private void cluster(Event.OfCluster said, long nowMs) {
    switch (said) {
      case Event.SchedulersListed(var present, var successions) -> {
        membership.listed(present);
        suspicions.listed(present, successions, nowMs);
        reach.listed(present);
        if (!present.contains(self)) {
          committer.doubt();
        }
      }
      case Event.OfPeer(var event) -> {
        suspicions.take(event, () -> executors.inReach(nowMs), nowMs);
        if (event instanceof PeerEvent.Heard heard) {
          reach.heard(heard, nowMs);
        }
      }
      case Event.OrphansKnown(var orphans) -> claim(orphans, false, nowMs);
      case Event.OrphansListed(var orphans) -> claim(orphans, true, nowMs);
      case Event.OrphansUnreadable() -> membership.orphansUnreadable();
      case Event.ClaimAnswered(var claimed) -> membership.claimed(claimed);
    }
  }

  private void claim(List<Event.Orphan> orphans, boolean all, long nowMs) {
    boolean blind = reach.blind(executorsInReach(), nowMs);
    effects.addAll(
        membership.orphans(orphans, all, job -> tasks.find(job).isPresent(), blind, nowMs));
  }

  private void fenceRead(Event.FenceRead read) {
    committer
        .fenceRead(read.createRevision(), read.count(), read.holders(), steppedAtMs)
        .forEach(holder -> jobs.taken(holder, steppedAtMs));
    jobs.epochsDurable(steppedAtMs);
  }

  /** Drains what the steps since the last call decided. */
  public Ready ready() {
    if (committer.fenced()) {
      effects.clear();
      if (!fencedTold) {
        effects.add(new Effect.Fenced(self + fencedWhy));
        fencedTold = true;
      }
      return new Ready(null, effects);
    }
    executorEvents.updateEarly(membership.shared(), steppedAtMs);
    reconcile();
    if (membership.takeListOrphans(steppedAtMs)) {
      effects.add(new Effect.ListOrphans());
    }
    if (admission.space().takeTrim(steppedAtMs)) {
      effects.add(new Effect.TrimStore(membership.isFirst()));
    }
    Commit commit = committer.nextCommit().orElse(null);
    effects.addAll(committer.release());
    takeover.askAboutGathered(membership.claims(), steppedAtMs);
    effects.addAll(executors.takeEffects());
    suspicions.takeEffects().forEach(wanted -> effects.add(new Effect.OfPeer(wanted)));
    if (committer.takeReadFence()) {
      effects.add(new Effect.ReadFence());
    }
    var ready = new Ready(commit, effects);
    effects.clear();
    return ready;
  }

  /**
   * As {@link #ready}, once this scheduler ends: what was decided becomes durable, and what waited
   * for that is said. Nothing else is begun.
   */
  public Ready remaining() {
    effects.clear();
    return committer.fenced()
        ? new Ready(null, List.of())
        : new Ready(committer.nextCommit().orElse(null), committer.release());
  }

  /** Whether all that was decided is durable, or never will be by this scheduler. */
  public boolean settled() {
    return committer.settled();
  }

  /** Finds what no event has caused. */
  private void reconcile() {
    if (!committer.mayLaunch(steppedAtMs)) {
      return;
    }
    executorEvents.useLanes(steppedAtMs);
    if (tasks.demand() > 0) {
      executors.reserveSlots(tasks.demand(), steppedAtMs);
    } else {
      executors.stopWaiting(steppedAtMs);
    }
  }

  /** What another incarnation says is ignored. */
  private void ifKnown(ExecutorId id, Incarnation incarnation, Runnable action) {
    if (executors.knows(id, incarnation)) {
      action.run();
    }
  }

  // Time.

  private void tick() {
    long gap = tickedAtMs == 0 ? 0 : steppedAtMs - tickedAtMs;
    tickedAtMs = steppedAtMs;
    if (gap > limits.tickGapMs()) {
      executors.shiftDeadlines(gap, steppedAtMs);
      takeover.shiftDeadlines(gap, steppedAtMs);
      jobs.shiftDeadlines(gap, steppedAtMs);
      reach.stoodStill();
    }
    committer.tick(steppedAtMs);
    executorEvents.tick(steppedAtMs);
    jobs.tick(steppedAtMs);
    suspicions.tick(() -> executors.inReach(steppedAtMs), steppedAtMs);
    if (reach.useless(executorsInReach(), steppedAtMs) && tasks.openCount() > 0) {
      fencedWhy = " hears from far fewer executors than its peers, and hands its jobs over";
      committer.giveUp();
    }
  }

  // Views.

  public Incarnation self() {
    return self;
  }

  /** A job that has not ended, or that ended within its retention. */
  public Optional<JobView> job(JobId job) {
    return tasks.find(job).map(found -> found.view(committer.durable(), admission.waits(job)));
  }

  /** Of these ended jobs, those whose result and details are still kept. */
  public Set<JobId> kept(Set<JobId> ended) {
    var kept = new TreeSet<>(ended);
    kept.removeIf(job -> !jobs.retention().keeps(job));
    return kept;
  }

  /** Every job of {@link #job}, in order of submission, without its tasks. */
  public List<JobView.Line> jobs() {
    return tasks.all().stream()
        .sorted(Comparator.comparingLong(job -> job.order))
        .map(job -> job.line(committer.durable(), admission.waits(job.id)))
        .toList();
  }

  public List<ExecutorInfo.View> executors() {
    return executors.views(steppedAtMs);
  }

  /** How many executors this scheduler hears from: its peers are told (rule T3). */
  public int executorsInReach() {
    return executors.inReach(steppedAtMs).size();
  }

  /** All state, canonically: equal states give equal bytes. For comparing and hashing only. */
  public Bytes encode() {
    var out = new RecordWriter().text(self.value()).number(tickedAtMs).flag(fencedTold);
    committer.encode(out);
    admission.encode(out);
    tasks.encode(out);
    executors.encode(out);
    jobs.encode(out);
    takeover.encode(out);
    executorEvents.encode(out);
    membership.encode(out);
    suspicions.encode(out);
    reach.encode(out);
    return out.toBytes();
  }
}
