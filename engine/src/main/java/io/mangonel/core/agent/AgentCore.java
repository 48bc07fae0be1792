package io.mangonel.core.agent;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.agent.AgentJob.Attempt;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One executor as a state machine. The only authority over its slots: it grants, expires and takes
 * back reservations by itself. Confined to one thread; no IO, clock or randomness.
 *
 * <p>The shell's loop: {@code step} each event, then {@code ready()}, then perform the effects.
 * Times are milliseconds of a clock that never goes back within the process. {@code
 * ExecutorReservation.expiresAtMs} is by the clock of whoever holds the record: send the time left.
 */
public final class AgentCore {
  private final ExecutorId executor;
  private final Incarnation incarnation;
  private final boolean pull;
  private final Limits limits;
  private final SlotTable slots;
  private final JobTable jobs;
  private final TreeSet<Incarnation> schedulers = new TreeSet<>();
  private final List<AgentEffect> effects = new ArrayList<>();
  private final GoneSchedulers gone;
  private final Launches launches;
  private final JobSweep sweep;
  private final Drain drain;
  private @Nullable Incarnation polled; // Whose turn it was last.
  private long heartbeatAtMs;
  private long lookAtMs;
  private long expiredReservations;
  private long steppedAtMs;
  private long tickedAtMs;

  /** An executor that begins with nothing. */
  public AgentCore(
      ExecutorId executor, Incarnation incarnation, int slots, boolean pull, Limits limits) {
    this(executor, incarnation, slots, pull, limits, List.of());
  }

  /**
   * @param pull whether schedulers are polled in turn instead of asking for slots
   * @param recovered what earlier runs left: offered with each registration, and reported again,
   *     because nobody here knows what was acknowledged
   */
  public AgentCore(
      ExecutorId executor,
      Incarnation incarnation,
      int slots,
      boolean pull,
      Limits limits,
      List<Recovered> recovered) {
    this.executor = executor;
    this.incarnation = incarnation;
    this.pull = pull;
    this.limits = limits;
    this.slots = new SlotTable(executor, incarnation, slots, limits);
    this.jobs = new JobTable(limits);
    this.gone = new GoneSchedulers(limits.goneSchedulersMax());
    this.launches = new Launches(executor, incarnation, this.slots, jobs, gone, effects);
    this.sweep = new JobSweep(limits);
    this.drain = new Drain(limits);
    recovered.forEach(this::recover);
  }

  private void recover(Recovered attempt) {
    var outcome = new TaskOutcome.Succeeded(attempt.output());
    jobs.recover(
        attempt, new TaskStatus(attempt.id(), executor, incarnation, attempt.inputs(), outcome));
  }

  /**
   * Takes an event.
   *
   * @param nowMs not before that of the step before
   */
  public void step(AgentEvent event, long nowMs) {
    if (nowMs < steppedAtMs) {
      throw new IllegalArgumentException("time went back from " + steppedAtMs + " to " + nowMs);
    }
    steppedAtMs = nowMs;
    expiredReservations += slots.expire(nowMs);
    switch (event) {
      case AgentEvent.SchedulerFound(var scheduler) -> {
        gone.remove(scheduler);
        if (schedulers.add(scheduler)) {
          register(scheduler);
          jobs.reportAtOnce(scheduler);
        }
      }
      case AgentEvent.SchedulerGone(var scheduler) -> {
        schedulers.remove(scheduler);
        slots.forget(scheduler);
        gone.add(scheduler);
      }
      case AgentEvent.RegistrationAsked(var scheduler) -> register(scheduler);
      case AgentEvent.SlotsRequested request -> {
        heardFrom(request.scheduler(), nowMs);
        requestSlots(request, nowMs);
      }
      case AgentEvent.ReservationsCancelled(var scheduler, var reservations) ->
          reservations.forEach(reservation -> slots.release(scheduler, reservation));
      case AgentEvent.LaunchRequested request -> {
        heardFrom(request.scheduler(), nowMs);
        launches.take(request, nowMs);
      }
      case AgentEvent.CancelRequested request -> cancel(request, nowMs);
      case AgentEvent.AdoptRequested request -> {
        heardFrom(request.scheduler(), nowMs);
        adopt(request, nowMs);
      }
      case AgentEvent.RemoveRequested(var target, var job, long epoch) -> {
        if (target.equals(incarnation)) {
          remove(job, epoch, nowMs);
        }
      }
      case AgentEvent.StatusesAcknowledged(var attempts) -> attempts.forEach(jobs::acknowledge);
      case AgentEvent.TaskEnded(var attempt, var outcome) -> ended(attempt, outcome, nowMs);
      case AgentEvent.JobsKnown(var asked, var known) ->
          sweep.answered(asked, known, jobs.all(), nowMs).forEach(job -> drop(job, nowMs));
      case AgentEvent.DrainRequested() -> {
        if (drain.begin(nowMs)) {
          slots.close();
          schedulers.forEach(to -> effects.add(new AgentEffect.SayLeaving(to, false)));
        }
      }
      case AgentEvent.Tick() -> tick(nowMs);
    }
    slots
        .serveLine(nowMs)
        .forEach((to, offer) -> effects.add(new AgentEffect.SendOffer(to, offer)));
  }

  /** Drains what the steps since the last call decided. */
  public List<AgentEffect> ready() {
    var ready = List.copyOf(effects);
    effects.clear();
    return ready;
  }

  public ExecutorId executor() {
    return executor;
  }

  public Incarnation incarnation() {
    return incarnation;
  }

  /** Slots that neither run a task nor are reserved. */
  public int freeSlots() {
    return slots.free();
  }

  /** Slots that are held for a scheduler and run no task. */
  public int reservedSlots() {
    return slots.reservedNow();
  }

  /** Reservations that came to their end unused, ever; without faults there are none. */
  public long expiredReservations() {
    return expiredReservations;
  }

  /** Statuses without an acknowledgement. */
  public int outboxSize() {
    return jobs.outbox();
  }

  /** A scheduler that starts again asks before the executor has found it by itself. */
  private void heardFrom(Incarnation scheduler, long nowMs) {
    if (!schedulers.contains(scheduler) && nowMs >= lookAtMs) {
      lookAtMs = nowMs + limits.lookMs();
      effects.add(new AgentEffect.LookForSchedulers());
    }
  }

  private void register(Incarnation scheduler) {
    effects.add(new AgentEffect.Register(scheduler, jobs.outputs()));
  }

  private void requestSlots(AgentEvent.SlotsRequested request, long nowMs) {
    if (!request.target().equals(incarnation)) {
      effects.add(new AgentEffect.AnswerOtherIncarnation(request.call()));
      return;
    }
    // One that is gone would not use them, and nobody would give them back.
    int wanted = gone.contains(request.scheduler()) ? 0 : request.wanted();
    var grant =
        slots.request(request.scheduler(), request.request(), wanted, request.ttlMs(), nowMs);
    effects.add(
        new AgentEffect.AnswerSlots(
            request.call(), request.request(), grant.granted(), grant.waiting()));
  }

  // Cancel, remove, adopt.

  private void cancel(AgentEvent.CancelRequested request, long nowMs) {
    if (!request.target().equals(incarnation)) {
      return;
    }
    AgentJob job = jobs.find(request.job());
    for (TaskAttemptId id : request.attempts()) {
      if (job == null) {
        job = jobs.heard(request.job(), id.launcher(), nowMs);
      }
      if (request.epoch() < job.epoch) {
        return;
      }
      job.epoch = request.epoch();
      switch (job.attempts().get(id)) {
        case null ->
            jobs.put(
                job,
                id,
                new Attempt.Refused(
                    TaskLaunch.Reason.CANCELLED, "it was cancelled before it was launched"));
        case Attempt.Running _ -> effects.add(new AgentEffect.InterruptTask(id));
        case Attempt.Ended _, Attempt.Refused _ -> {}
      }
    }
  }

  private void remove(JobId id, long epoch, long nowMs) {
    AgentJob job = jobs.heard(id, incarnation, nowMs);
    if (epoch < job.epoch) {
      return;
    }
    job.epoch = epoch;
    job.removed = true;
    for (var entry : List.copyOf(job.attempts().entrySet())) {
      if (entry.getValue() instanceof Attempt.Running) {
        effects.add(new AgentEffect.InterruptTask(entry.getKey()));
      } else {
        jobs.acknowledge(entry.getKey());
        jobs.remove(job, entry.getKey());
      }
    }
    effects.add(new AgentEffect.RemoveJobData(id));
  }

  /** Nobody owns the job. */
  private void drop(JobId id, long nowMs) {
    AgentJob job = jobs.find(id);
    if (job != null) {
      remove(id, job.epoch, nowMs);
    }
  }

  private void adopt(AgentEvent.AdoptRequested request, long nowMs) {
    if (!request.target().equals(incarnation)) {
      effects.add(new AgentEffect.AnswerOtherIncarnation(request.call()));
      return;
    }
    // Nobody would use or return the slots of those, whether anything of the jobs is here or not.
    request.gone().forEach(slots::forget);
    var adopted = new ArrayList<JobId>();
    var refused = new ArrayList<AgentEvent.JobEpoch>();
    var running = new ArrayList<TaskAttemptId>();
    var ended = new ArrayList<TaskStatus>();
    for (var asked : request.jobs()) {
      AgentJob job = jobs.heard(asked.job(), request.scheduler(), nowMs);
      if (asked.epoch() < job.epoch) {
        refused.add(new AgentEvent.JobEpoch(asked.job(), job.epoch));
        continue;
      }
      if (asked.epoch() > job.epoch && !job.owner.equals(request.scheduler())) {
        // The one before has no key any more (rule D3): nobody would use or return its slots.
        slots.forget(job.owner);
      }
      job.epoch = asked.epoch();
      job.owner = request.scheduler();
      adopted.add(asked.job());
      job.attempts()
          .forEach(
              (id, attempt) -> {
                switch (attempt) {
                  case Attempt.Running _ -> running.add(id);
                  case Attempt.Ended(var status, _, _) -> {
                    if (!AgentJob.handedOver(status)) {
                      ended.add(status);
                    }
                  }
                  case Attempt.Refused _ -> {}
                }
              });
    }
    effects.add(new AgentEffect.AnswerInventory(request.call(), adopted, refused, running, ended));
  }

  // The end of a task, and its report.

  private void ended(TaskAttemptId id, TaskOutcome outcome, long nowMs) {
    AgentJob job = jobs.find(id.job());
    if (job == null || !(job.attempts().get(id) instanceof Attempt.Running(var launch))) {
      return;
    }
    boolean inLane = slots.ended(id);
    if (job.removed) {
      jobs.remove(job, id);
      effects.add(new AgentEffect.RemoveJobData(id.job()));
      return;
    }
    var status = new TaskStatus(id, executor, incarnation, launch.decisiveInputs(), outcome);
    jobs.ended(job, status, nowMs + limits.statusRetryMs());
    Incarnation to = recipient(job, nowMs);
    if (to != null) {
      var report = new AgentEffect.Report(status, followUp(job, id, inLane, nowMs));
      effects.add(new AgentEffect.SendStatuses(to, List.of(report)));
    }
  }

  /**
   * The slot stays with the job while nobody else stands in line, or while the job has less than
   * its share of the slots: as many as each gets of the jobs that are active here and of those who
   * wait. The lane stays with its scheduler.
   */
  private @Nullable ExecutorReservation followUp(
      AgentJob job, TaskAttemptId ended, boolean inLane, long nowMs) {
    if (inLane) {
      return slots.lane().keep(job.owner, schedulers, nowMs).orElse(null);
    }
    JobId id = ended.job();
    if (!schedulers.contains(job.owner) || slots.free() == 0) {
      return null;
    }
    int others = pull ? schedulers.size() - 1 : slots.othersWaiting(job.owner);
    int share = slots.all() / (jobs.activeWith(job) + others);
    return others == 0 || job.runningTasks() + slots.reservedFor(id) < share
        ? slots.reserve(job.owner, Optional.of(id), limits.reservationTtlMs(), nowMs)
        : null;
  }

  /**
   * The owner, or nobody. While the one that it knows is out of reach, another one in turn: who has
   * taken the job over need not have told an executor that restarted since, and is among them.
   */
  private @Nullable Incarnation recipient(AgentJob job, long nowMs) {
    if (schedulers.contains(job.owner) || schedulers.isEmpty()) {
      return schedulers.isEmpty() ? null : job.owner;
    }
    long turn = nowMs / limits.statusRetryMs() % schedulers.size();
    return schedulers.stream().skip(turn).findFirst().orElse(null);
  }

  // Time.

  private void tick(long nowMs) {
    long gapMs = tickedAtMs == 0 ? 0 : nowMs - tickedAtMs;
    tickedAtMs = nowMs;
    if (gapMs > limits.tickGapMs()) {
      jobs.shift(gapMs);
      drain.shift(gapMs);
    }
    repeatStatuses(nowMs);
    if (nowMs >= heartbeatAtMs) {
      heartbeatAtMs = nowMs + limits.heartbeatMs();
      schedulers.forEach(to -> heartbeat(to, nowMs));
    }
    if (pull) {
      poll(nowMs);
    } else {
      slots
          .lane()
          .lend(schedulers, nowMs)
          .ifPresent(
              loan ->
                  effects.add(
                      new AgentEffect.SendOffer(loan.scheduler(), List.of(loan.reservation()))));
    }
    sweep.tick(jobs.all(), schedulers, nowMs).ifPresent(effects::add);
    drainFurther(nowMs);
    jobs.forgetIdle(nowMs);
  }

  private void drainFurther(long nowMs) {
    switch (drain.due(jobs.running(), jobs.outbox() > 0, nowMs)) {
      case NOTHING -> {}
      case INTERRUPT ->
          jobs.forEachOpen(
              (_, attempt) -> {
                if (attempt instanceof Attempt.Running(var launch)) {
                  effects.add(new AgentEffect.InterruptTask(launch.id()));
                }
              });
      case LEAVE -> {
        schedulers.forEach(to -> effects.add(new AgentEffect.SayLeaving(to, true)));
        effects.add(new AgentEffect.Drained());
      }
    }
  }

  private void repeatStatuses(long nowMs) {
    var due = new TreeMap<Incarnation, List<AgentEffect.Report>>();
    jobs.forEachOpen(
        (job, attempt) -> {
          Incarnation to = recipient(job, nowMs);
          if (!(attempt instanceof Attempt.Ended(var status, _, long sendAtMs))
              || to == null
              || sendAtMs > nowMs) {
            return;
          }
          var window = due.computeIfAbsent(to, _ -> new ArrayList<>());
          if (window.size() < limits.outboxWindow()) {
            window.add(new AgentEffect.Report(status, null));
            jobs.put(
                job, status.id(), new Attempt.Ended(status, false, nowMs + limits.statusRetryMs()));
          }
        });
    due.forEach((to, reports) -> effects.add(new AgentEffect.SendStatuses(to, reports)));
  }

  private void heartbeat(Incarnation scheduler, long nowMs) {
    var attempts = new ArrayList<TaskAttemptId>();
    jobs.forEachOpen(
        (job, attempt) -> {
          if (scheduler.equals(recipient(job, nowMs))) {
            switch (attempt) {
              case Attempt.Running(var launch) -> attempts.add(launch.id());
              case Attempt.Ended(var status, _, _) -> attempts.add(status.id());
              case Attempt.Refused _ -> {}
            }
          }
        });
    effects.add(new AgentEffect.SendHeartbeat(scheduler, attempts, slots.free()));
    if (drain.begun()) {
      effects.add(new AgentEffect.SayLeaving(scheduler, false));
    }
  }

  private void poll(long nowMs) {
    if (schedulers.isEmpty() || slots.free() == 0 || jobs.outboxFull()) {
      return;
    }
    Incarnation next = polled == null ? null : schedulers.higher(polled);
    polled = next == null ? schedulers.first() : next;
    var offer = new ArrayList<ExecutorReservation>();
    while (slots.free() > 0) {
      offer.add(slots.reserve(polled, Optional.empty(), limits.reservationTtlMs(), nowMs));
    }
    effects.add(new AgentEffect.SendOffer(polled, offer));
  }

  /** All state, canonically: equal states give equal bytes. For comparing and hashing only. */
  public Bytes encode() {
    var out = new RecordWriter().text(executor.value()).text(incarnation.value()).flag(pull);
    slots.encode(out);
    out.list(schedulers, (o, scheduler) -> o.text(scheduler.value()));
    out.text(polled == null ? "" : polled.value());
    out.number(heartbeatAtMs).number(expiredReservations);
    out.number(tickedAtMs).number(lookAtMs);
    gone.encode(out);
    sweep.encode(out);
    drain.encode(out);
    jobs.encode(out);
    return out.toBytes();
  }
}
