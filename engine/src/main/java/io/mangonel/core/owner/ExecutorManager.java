package io.mangonel.core.owner;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.graph.ExecutionGraph;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.record.RecordCodec;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which executors exist, which are alive, what was asked of them and what was launched there. An
 * executor is silent after one bound without a heartbeat (no launches), lost after another.
 */
final class ExecutorManager {
  /** What this scheduler wants of an executor. */
  private record Ask(
      long request, int wanted, long firstSentMs, long sentAtMs, boolean answered, int waiting) {}

  /** An attempt that was launched and has not been reported. */
  private record Launched(
      TaskLaunch launch, boolean accepted, int sends, long sentAtMs, long seenAtMs) {}

  private static final class Executor {
    ExecutorInfo info;
    long heardAtMs;
    long beatAtMs; // A heartbeat shows what runs there; a registration does not.
    @Nullable Ask ask;
    final Map<TaskAttemptId, Launched> attempts = new TreeMap<>();

    /** It said that it takes no more tasks. */
    boolean leaving;

    Executor(ExecutorInfo info, long heardAtMs) {
      this.info = info;
      this.heardAtMs = heardAtMs;
    }
  }

  /** What the passing of time showed. */
  record Findings(List<ExecutorInfo> lost, List<Found> missing, List<Found> unlaunchable) {}

  record Found(TaskAttemptId id, ExecutorId executor) {}

  private final Limits limits;
  private final Map<ExecutorId, Executor> executors = new TreeMap<>();
  private final List<Effect> effects = new ArrayList<>();
  private final Map<ExecutorId, AdoptQuestion> questions = new TreeMap<>();
  private long requests;

  ExecutorManager(Limits limits) {
    this.limits = limits;
  }

  /** Drains the messages to executors. */
  List<Effect> takeEffects() {
    questions.forEach(
        (id, asked) ->
            info(id)
                .map(i -> new Effect.AdoptJobs(id, i.incarnation(), asked.jobs(), asked.gone()))
                .ifPresent(effects::add));
    questions.clear();
    var taken = List.copyOf(effects);
    effects.clear();
    return taken;
  }

  /**
   * Adds an executor or replaces its registration.
   *
   * @return the registration before, of the same or another incarnation
   */
  Optional<ExecutorInfo> register(ExecutorInfo info, long nowMs) {
    Executor known = executors.get(info.id());
    if (known == null) {
      executors.put(info.id(), new Executor(info, nowMs));
      return Optional.empty();
    }
    ExecutorInfo before = known.info;
    if (before.incarnation().equals(info.incarnation())) {
      known.info = info;
      known.heardAtMs = nowMs;
    } else {
      executors.put(info.id(), new Executor(info, nowMs));
    }
    return Optional.of(before);
  }

  boolean remove(ExecutorId id, Incarnation incarnation) {
    return knows(id, incarnation) && executors.remove(id) != null;
  }

  boolean knows(ExecutorId id, Incarnation incarnation) {
    Executor executor = executors.get(id);
    return executor != null && executor.info.incarnation().equals(incarnation);
  }

  Optional<ExecutorInfo> info(ExecutorId id) {
    return Optional.ofNullable(executors.get(id)).map(executor -> executor.info);
  }

  /** The engine version of a known executor. */
  String fingerprint(ExecutorId id) {
    return executor(id).info.fingerprint();
  }

  /** Only to be asked of an executor that {@link #knows} found. */
  boolean alive(ExecutorId id, long nowMs) {
    Executor executor = executors.get(id);
    return executor != null
        && !executor.leaving
        && nowMs - executor.heardAtMs <= limits.executorSilentMs();
  }

  /** When a known executor was last heard of. */
  long heardAtMs(ExecutorId id) {
    return executor(id).heardAtMs;
  }

  /** A heartbeat of the current incarnation. */
  void heard(ExecutorId id, List<TaskAttemptId> attempts, long nowMs) {
    Executor executor = executor(id);
    executor.heardAtMs = nowMs;
    executor.beatAtMs = nowMs;
    for (TaskAttemptId attempt : attempts) {
      executor.attempts.computeIfPresent(attempt, (_, launched) -> accepted(launched, nowMs));
    }
  }

  /** This process stood still, not the executors: their deadlines move (rule T11). */
  void shiftDeadlines(long byMs, long nowMs) {
    for (Executor executor : executors.values()) {
      executor.heardAtMs = shifted(executor.heardAtMs, byMs, nowMs);
      executor.attempts.replaceAll(
          (_, a) ->
              new Launched(
                  a.launch,
                  a.accepted,
                  a.sends,
                  shifted(a.sentAtMs, byMs, nowMs),
                  shifted(a.seenAtMs, byMs, nowMs)));
    }
  }

  /** What happened between the end of the pause and the tick that noticed it did not wait. */
  private static long shifted(long atMs, long byMs, long nowMs) {
    return Math.min(nowMs, atMs + byMs);
  }

  // Slots.

  /**
   * Asks executors so that what is unanswered covers {@code demand} tasks, those with the most room
   * first. Who has an unanswered request, or lets this scheduler wait, is not asked again until
   * that expires.
   */
  void reserveSlots(int demand, long nowMs) {
    int need = demand;
    var idle = new ArrayList<Executor>();
    for (Executor executor : executors.values()) {
      Ask ask = live(executor, nowMs);
      if (ask != null && !ask.answered) {
        need -= ask.wanted;
      } else if (ask == null
          && !executor.info.pull()
          && !executor.leaving
          && nowMs - executor.heardAtMs <= limits.executorSilentMs()) {
        idle.add(executor);
      }
    }
    idle.sort(Comparator.comparingInt(ExecutorManager::room).reversed());
    var wanted = new int[idle.size()];
    boolean spread = true;
    while (need > 0 && spread) {
      spread = false;
      for (int i = 0; i < wanted.length && need > 0; i++) {
        if (wanted[i] < idle.get(i).info.slots()) {
          wanted[i]++;
          need--;
          spread = true;
        }
      }
    }
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i] > 0) {
        ask(idle.get(i), wanted[i], nowMs);
      }
    }
  }

  private static int room(Executor executor) {
    return executor.info.slots() - executor.attempts.size();
  }

  private @Nullable Ask live(Executor executor, long nowMs) {
    Ask ask = executor.ask;
    boolean live =
        ask != null
            && nowMs - ask.firstSentMs < limits.reservationTtlMs()
            && (!ask.answered || ask.waiting > 0);
    return live ? ask : null;
  }

  private void ask(Executor executor, int wanted, long nowMs) {
    executor.ask = new Ask(++requests, wanted, nowMs, nowMs, false, 0);
    send(executor, executor.ask);
  }

  private void send(Executor executor, Ask ask) {
    effects.add(
        new Effect.ReserveSlots(
            executor.info.id(),
            executor.info.incarnation(),
            ask.request,
            ask.wanted,
            limits.reservationTtlMs()));
  }

  /** Nothing is left to launch: whoever lets this scheduler wait need not. */
  void stopWaiting(long nowMs) {
    for (Executor executor : executors.values()) {
      Ask ask = live(executor, nowMs);
      if (ask != null && ask.answered) {
        executor.ask = null;
        send(executor, new Ask(++requests, 0, nowMs, nowMs, true, 0));
      }
    }
  }

  void slotsAnswered(ExecutorId id, long request, int waiting) {
    Executor executor = executor(id);
    Ask ask = executor.ask;
    if (ask != null && ask.request == request) {
      executor.ask = new Ask(request, ask.wanted, ask.firstSentMs, ask.sentAtMs, true, waiting);
    }
  }

  /** An offer takes its slots out of the wait. */
  void slotsOffered(ExecutorId id, int count) {
    Executor executor = executor(id);
    Ask ask = executor.ask;
    if (ask != null && ask.answered) {
      int waiting = Math.max(0, ask.waiting - count);
      executor.ask = new Ask(ask.request, ask.wanted, ask.firstSentMs, ask.sentAtMs, true, waiting);
    }
  }

  /** No answer: sent again under the same name, so that what was granted is not lost. */
  void slotsUnanswered(ExecutorId id, long request, long nowMs) {
    Ask ask = executor(id).ask;
    if (ask != null && ask.request == request && !ask.answered) {
      repeatAsk(executor(id), ask, nowMs);
    }
  }

  private void repeatAsk(Executor executor, Ask ask, long nowMs) {
    if (live(executor, nowMs) == null) {
      return;
    }
    executor.ask = new Ask(ask.request, ask.wanted, ask.firstSentMs, nowMs, false, 0);
    send(executor, ask);
  }

  void cancelReservations(List<ExecutorReservation> reservations) {
    var byExecutor = new TreeMap<ExecutorId, List<ExecutorReservation>>();
    for (var reservation : reservations) {
      byExecutor.computeIfAbsent(reservation.executor(), _ -> new ArrayList<>()).add(reservation);
    }
    byExecutor.forEach(
        (id, list) ->
            effects.add(new Effect.CancelReservations(id, list.getFirst().incarnation(), list)));
  }

  // Launches.

  void launch(List<TaskManager.Assignment> assignments, long nowMs) {
    var byExecutor = new TreeMap<ExecutorId, List<TaskLaunch>>();
    for (var assignment : assignments) {
      TaskLaunch launch = assignment.launch();
      ExecutorId id = assignment.reservation().executor();
      executor(id).attempts.put(launch.id(), new Launched(launch, false, 1, nowMs, nowMs));
      byExecutor.computeIfAbsent(id, _ -> new ArrayList<>()).add(launch);
    }
    byExecutor.forEach((id, launches) -> sendLaunches(executor(id), launches));
  }

  private void sendLaunches(Executor executor, List<TaskLaunch> launches) {
    effects.add(new Effect.LaunchTasks(executor.info.id(), executor.info.incarnation(), launches));
  }

  void launchAccepted(ExecutorId id, TaskAttemptId attempt, long nowMs) {
    executor(id).attempts.computeIfPresent(attempt, (_, launched) -> accepted(launched, nowMs));
  }

  private static Launched accepted(Launched launched, long nowMs) {
    return new Launched(launched.launch, true, launched.sends, launched.sentAtMs, nowMs);
  }

  /** A running attempt that a new owner found there. */
  void adopt(ExecutorId id, TaskLaunch launch, long nowMs) {
    executor(id).attempts.put(launch.id(), new Launched(launch, true, 1, nowMs, nowMs));
  }

  /**
   * What still counts as running on an executor that came back has ended there, and its status is
   * on the way.
   */
  void track(Job job, ExecutorId id, long nowMs) {
    Executor executor = executors.get(id);
    if (executor == null || job.graph == null) {
      return;
    }
    for (var task : job.graph.running()) {
      if (task.executor().equals(id)) {
        var launch = new TaskLaunch(task.id(), "", job.epoch, List.of());
        executor.attempts.putIfAbsent(task.id(), new Launched(launch, true, 1, nowMs, nowMs));
      }
    }
  }

  /** Returns what it runs, when it is gone: nobody will report that. */
  List<TaskAttemptId> leaving(ExecutorId id, boolean gone) {
    Executor executor = executor(id);
    executor.leaving = true;
    return gone ? List.copyOf(executor.attempts.keySet()) : List.of();
  }

  /** Forgets attempts and returns what stops them. */
  List<Effect> giveUp(Job job, List<ExecutionGraph.RunningTask> attempts) {
    var byExecutor = new TreeMap<ExecutorId, List<TaskAttemptId>>();
    for (var attempt : attempts) {
      forget(attempt.executor(), attempt.id());
      byExecutor.computeIfAbsent(attempt.executor(), _ -> new ArrayList<>()).add(attempt.id());
    }
    var cancels = new ArrayList<Effect>();
    byExecutor.forEach(
        (id, ids) ->
            info(id)
                .map(info -> new Effect.CancelTasks(id, info.incarnation(), job.id, job.epoch, ids))
                .ifPresent(cancels::add));
    return cancels;
  }

  /** What removes a job's data from all that have some, {@code except} those. */
  List<Effect> dataOf(Job job, Set<ExecutorId> except) {
    var removals = new ArrayList<Effect>();
    for (ExecutorId id : job.holders.keySet()) {
      info(id)
          .filter(_ -> !except.contains(id))
          .map(info -> new Effect.RemoveJobData(id, info.incarnation(), job.id, job.epoch))
          .ifPresent(removals::add);
    }
    return removals;
  }

  /** What removes the data of a job of which nobody knows any more who has some. */
  List<Effect> dataEverywhere(JobId job, long epoch) {
    var removals = new ArrayList<Effect>();
    for (Executor executor : executors.values()) {
      var info = executor.info;
      removals.add(new Effect.RemoveJobData(info.id(), info.incarnation(), job, epoch));
    }
    return removals;
  }

  /** The engine versions of all that are registered. */
  SortedSet<String> fingerprints() {
    var found = new TreeSet<String>();
    executors.values().forEach(executor -> found.add(executor.info.fingerprint()));
    return found;
  }

  /** Asks for an inventory: one question for all jobs of these steps (rule T5). */
  void adopt(ExecutorId id, AdoptQuestion question) {
    questions.merge(id, question, AdoptQuestion::with);
  }

  boolean tracks(ExecutorId id, TaskAttemptId attempt) {
    return executors.containsKey(id) && executor(id).attempts.containsKey(attempt);
  }

  /** The attempt has ended or was given up. */
  void forget(ExecutorId id, TaskAttemptId attempt) {
    Optional.ofNullable(executors.get(id)).ifPresent(known -> known.attempts.remove(attempt));
  }

  /** Whether the attempt was launched there and no answer came yet. */
  boolean awaitsLaunchAnswer(ExecutorId id, TaskAttemptId attempt) {
    Launched launched = executor(id).attempts.get(attempt);
    return launched != null && !launched.accepted;
  }

  /** Repeats what was not answered; tells who was lost and what is missing. */
  Findings tick(long nowMs) {
    var findings = new Findings(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (Executor executor : executors.values()) {
      if (nowMs - executor.heardAtMs > limits.executorLostMs()) {
        findings.lost.add(executor.info);
        continue;
      }
      Ask ask = executor.ask;
      if (ask != null && !ask.answered && nowMs - ask.sentAtMs >= limits.askMs()) {
        repeatAsk(executor, ask, nowMs);
      }
      tickLaunches(executor, nowMs, findings);
    }
    return findings;
  }

  private void tickLaunches(Executor executor, long nowMs, Findings findings) {
    var repeated = new ArrayList<TaskLaunch>();
    for (var entry : executor.attempts.entrySet()) {
      Launched launched = entry.getValue();
      if (launched.accepted) {
        if (nowMs - launched.seenAtMs > limits.missingAttemptMs()
            && executor.beatAtMs > launched.seenAtMs) {
          findings.missing.add(new Found(entry.getKey(), executor.info.id()));
        }
      } else if (nowMs - launched.sentAtMs >= limits.launchRetryMs()) {
        if (launched.sends >= limits.launchSendsMax()) {
          findings.unlaunchable.add(new Found(entry.getKey(), executor.info.id()));
        } else {
          repeated.add(launched.launch);
          entry.setValue(
              new Launched(launched.launch, false, launched.sends + 1, nowMs, launched.seenAtMs));
        }
      }
    }
    if (!repeated.isEmpty()) {
      sendLaunches(executor, repeated);
    }
  }

  List<ExecutorInfo.View> views(long nowMs) {
    return executors.values().stream()
        .map(
            executor ->
                new ExecutorInfo.View(
                    executor.info,
                    alive(executor.info.id(), nowMs),
                    executor.attempts.size(),
                    nowMs - executor.heardAtMs))
        .toList();
  }

  /** Those heard from a moment ago. */
  List<ExecutorId> inReach(long nowMs) {
    return executors.keySet().stream().filter(id -> alive(id, nowMs)).toList();
  }

  /** Executors that answer, for a new owner's questions. */
  List<ExecutorId> ids() {
    return List.copyOf(executors.keySet());
  }

  private Executor executor(ExecutorId id) {
    Executor executor = executors.get(id);
    if (executor == null) {
      throw new IllegalStateException("unknown executor " + id);
    }
    return executor;
  }

  void encode(RecordWriter out) {
    out.number(requests);
    out.list(
        executors.values(),
        (o, executor) -> {
          o.bytes(RecordCodec.encodeExecutor(executor.info))
              .number(executor.heardAtMs)
              .number(executor.beatAtMs);
          o.flag(executor.leaving).text(String.valueOf(executor.ask));
          o.list(
              executor.attempts.entrySet(),
              (p, entry) -> {
                entry.getKey().write(p);
                var launched = entry.getValue();
                p.text(launched.launch.reservation()).flag(launched.accepted);
                p.number(launched.sends).number(launched.sentAtMs).number(launched.seenAtMs);
              });
        });
  }
}
