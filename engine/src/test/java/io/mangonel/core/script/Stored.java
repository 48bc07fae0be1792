package io.mangonel.core.script;

import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.StoredJob;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskStatus;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a scheduler finds when it starts: in the store, and at its executors. */
final class Stored {
  private Stored() {}

  /** {@code executor e1#1 slots=2}. */
  static ExecutorInfo executor(Words w) {
    int slots = Integer.parseInt(w.named("slots", "1"));
    return new ExecutorInfo(w.executor(1), w.incarnation(1), "h", 1, slots, "duckdb", false);
  }

  /**
   * {@code load j1 epoch=2 plan=0:1,1:1<0A plan-epoch=1
   * log=launched>ATTEMPT>e1#1+succeeded>ATTEMPT+gone>e1#1}; without a plan it is still to be
   * planned.
   */
  static StoredJob job(Words w) {
    long epoch = Long.parseLong(w.named("epoch", "1"));
    var request =
        new JobRequest("SELECT 1", new TreeMap<>(), "/", "session", "alice", "duckdb", 0, "");
    boolean cancel = Boolean.parseBoolean(w.named("cancel", "false"));
    String plan = w.named("plan", "");
    if (plan.isEmpty()) {
      return new StoredJob(w.job(1), epoch, request, null, null, 0, 0, List.of(), cancel);
    }
    long planEpoch = Long.parseLong(w.named("plan-epoch", "1"));
    var stored = new StoredJob.Plan(planEpoch, Words.stages(plan), 1, 0);
    List<GraphTransition> log = parts(w.named("log", "")).map(Stored::transition).toList();
    return new StoredJob(w.job(1), epoch, request, stored, null, 0, 0, List.of(log), cancel);
  }

  private static GraphTransition transition(String text) {
    String[] words = text.split(">", -1);
    if (words[0].equals("publishing")) {
      return new GraphTransition.PublishingBegun();
    }
    if (words[0].equals("gone")) { // With all that was there.
      var run = new Incarnation(words[1]);
      return new GraphTransition.ExecutorGone(executorOf(words[1]), run, List.of(), "gone");
    }
    var id = Words.attempt(words[1]);
    return switch (words[0]) {
      case "launched" ->
          new GraphTransition.TaskLaunched(id, executorOf(words[2]), new Incarnation(words[2]));
      case "succeeded" -> new GraphTransition.TaskSucceeded(id, Words.output(id));
      default -> throw new IllegalArgumentException("unknown transition: " + text);
    };
  }

  private static ExecutorId executorOf(String incarnation) {
    return new ExecutorId(incarnation.split("#", -1)[0]);
  }

  /**
   * {@code adopted e1#1 j1 running=ATTEMPT+ATTEMPT ended=ATTEMPT>READ}: all of {@code ended} won.
   */
  static Event inventory(Words w) {
    List<TaskAttemptId> running = parts(w.named("running", "")).map(Words::attempt).toList();
    List<TaskStatus> ended =
        parts(w.named("ended", ""))
            .map(
                text -> {
                  var ids = Arrays.stream(text.split(">", -1)).map(Words::attempt).toList();
                  var won = new TaskOutcome.Succeeded(Words.output(ids.getFirst()));
                  var inputs = ids.subList(1, ids.size());
                  return new TaskStatus(
                      ids.getFirst(), w.executor(1), w.incarnation(1), inputs, won);
                })
            .toList();
    long refused = Long.parseLong(w.named("refused", "0"));
    if (refused > 0) {
      var higher = List.of(new Effect.JobEpoch(w.job(2), refused));
      return new Event.JobsAdopted(
          w.executor(1), w.incarnation(1), List.of(), higher, List.of(), List.of());
    }
    return new Event.JobsAdopted(
        w.executor(1), w.incarnation(1), List.of(w.job(2)), List.of(), running, ended);
  }

  private static Stream<String> parts(String text) {
    return text.isEmpty() ? Stream.of() : Arrays.stream(text.split("\\+", -1));
  }
}
