package io.mangonel.core.owner;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.record.JobPlan;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.core.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** A core whose commits are done at once, and an executor that does as it is told. */
final class OwnerRun {
  static final String VERSION = "duckdb";
  static final long TICK_MS = 1_000;
  private static final ExecutorId EXECUTOR = new ExecutorId("e1");
  private static final Incarnation RUN = new Incarnation("e1#1");

  final SchedulerCore core;
  final List<Change> changes = new ArrayList<>();
  final List<Effect> effects = new ArrayList<>();
  long nowMs = 1_000;
  private int reservations;

  OwnerRun(Limits limits) {
    core = new SchedulerCore(new Incarnation("s"), 1, limits);
  }

  void step(Event event) {
    core.step(event, nowMs);
    drain();
  }

  private void drain() {
    Ready ready = core.ready();
    while (!ready.isEmpty()) {
      effects.addAll(ready.effects());
      Commit commit = ready.commit();
      if (commit != null) {
        changes.addAll(commit.changes());
        core.step(new Event.CommitAnswered(commit.count(), Commit.Outcome.DONE), nowMs);
      }
      ready = core.ready();
    }
  }

  /** Time passes, and the executor is heard. */
  void pass(long ms) {
    for (long end = nowMs + ms; nowMs < end; ) {
      nowMs = Math.min(end, nowMs + TICK_MS);
      core.step(new Event.Heartbeat(EXECUTOR, RUN, List.of()), nowMs);
      step(new Event.Tick());
    }
  }

  void executor(String version) {
    var info = new ExecutorInfo(EXECUTOR, RUN, "h", 1, 1, version, true);
    step(new Event.ExecutorRegistered(info, List.of()));
  }

  void submit(JobId job, long timeoutMs, StageSpec... stages) {
    var request =
        new JobRequest("SELECT 1", new TreeMap<>(), "/", "s", "p", VERSION, nowMs, "", timeoutMs);
    step(new Event.JobQueued(job, request));
    step(new Event.JobSubmitted(job, new JobPlan(List.of(stages), Bytes.of(new byte[1]))));
  }

  /** Lets one task run to its success. */
  void runOne() {
    effects.clear();
    String id = "r" + ++reservations;
    var slot = new ExecutorReservation(id, EXECUTOR, RUN, Optional.empty(), nowMs + 3_000);
    step(new Event.Offer(EXECUTOR, RUN, List.of(slot)));
    TaskLaunch launch =
        effects.stream()
            .filter(Effect.LaunchTasks.class::isInstance)
            .map(effect -> ((Effect.LaunchTasks) effect).launches().getFirst())
            .findFirst()
            .orElseThrow();
    TaskAttemptId task = launch.id();
    step(new Event.LaunchAnswered(EXECUTOR, RUN, List.of(new TaskLaunch.Answer.Accepted(task))));
    var output = new TaskOutput(List.of(), Bytes.of(new byte[100]), 1, 100);
    var status = new TaskStatus(task, EXECUTOR, RUN, List.of(), new TaskOutcome.Succeeded(output));
    step(new Event.TaskUpdates(EXECUTOR, RUN, List.of(new Event.TaskUpdate(status, null))));
  }

  <T extends Change> List<T> changes(Class<T> type) {
    return changes.stream().filter(type::isInstance).map(type::cast).toList();
  }

  <T extends Effect> List<T> effects(Class<T> type) {
    return effects.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
