package io.mangonel.core.script;

import io.mangonel.core.Bytes;
import io.mangonel.core.agent.AgentCore;
import io.mangonel.core.agent.AgentEffect;
import io.mangonel.core.agent.AgentEvent;
import io.mangonel.core.agent.Limits;
import io.mangonel.core.agent.Recovered;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Drives an executor's agent by text: two slots unless told, an outbox of two. */
final class AgentScript {
  private static final Incarnation SELF = new Incarnation("e1#1");
  private static final Limits LIMITS =
      new Limits(
          50, 500, 3_000, 10, 2, 10, 2, 10, 1 << 20, 500, 600_000, 10_000, 2_000, 5_000, 1_000,
          60_000, 180_000, 10, 100);

  private AgentCore agent = new AgentCore(new ExecutorId("e1"), SELF, 2, false, LIMITS);
  private long nowMs = 1_000;

  String apply(String line) {
    var w = Words.of(line);
    if (w.at(0).equals("slots")) {
      agent = new AgentCore(new ExecutorId("e1"), SELF, (int) w.number(1), false, LIMITS);
      return "free " + agent.freeSlots() + "\n";
    }
    if (w.at(0).equals("restart")) {
      return restart(w);
    }
    if (w.at(0).equals("tick")) {
      nowMs += w.number(1);
    }
    agent.step(event(w), nowMs);
    var out = new StringBuilder();
    agent.ready().forEach(effect -> out.append(text(effect)).append('\n'));
    return out + "free " + agent.freeSlots() + "\n";
  }

  /** Another run, which finds these attempts in its work directory. */
  private String restart(Words w) {
    long epoch = Long.parseLong(w.named("epoch", "1"));
    var recovered =
        w.attempts(1).stream()
            .map(id -> new Recovered(id, epoch, List.of(), Words.output(id)))
            .toList();
    agent = new AgentCore(new ExecutorId("e1"), SELF, 2, false, LIMITS, recovered);
    return "outbox " + agent.outboxSize() + "\n";
  }

  private static AgentEvent event(Words w) {
    return switch (w.at(0)) {
      case "found" -> new AgentEvent.SchedulerFound(w.incarnation(1));
      case "gone" -> new AgentEvent.SchedulerGone(w.incarnation(1));
      case "reserve" ->
          new AgentEvent.SlotsRequested(
              0,
              new Incarnation(w.named("target", SELF.value())),
              w.incarnation(1),
              w.number(2),
              (int) w.number(3),
              1_000);
      case "return" -> new AgentEvent.ReservationsCancelled(w.incarnation(1), w.from(2));
      case "launch" ->
          new AgentEvent.LaunchRequested(
              0,
              new Incarnation(w.named("target", SELF.value())),
              w.incarnation(1),
              List.of(
                  new TaskLaunch(
                      Words.attempt(w.at(2)),
                      w.at(3),
                      Long.parseLong(w.named("epoch", "1")),
                      List.of())),
              Boolean.parseBoolean(w.named("polled", "false")));
      case "cancel" ->
          new AgentEvent.CancelRequested(
              SELF, w.job(1), Long.parseLong(w.named("epoch", "1")), w.attempts(2));
      case "adopt" ->
          new AgentEvent.AdoptRequested(
              0,
              SELF,
              w.incarnation(1),
              List.of(new AgentEvent.JobEpoch(w.job(2), w.number(3))),
              Stream.of(w.named("gone", ""))
                  .filter(one -> !one.isEmpty())
                  .map(Incarnation::new)
                  .toList());
      case "remove" ->
          new AgentEvent.RemoveRequested(SELF, w.job(1), Long.parseLong(w.named("epoch", "1")));
      case "ack" -> new AgentEvent.StatusesAcknowledged(w.attempts(1));
      case "succeeded" -> {
        var id = Words.attempt(w.at(1));
        var output =
            w.words().contains("inline")
                ? new TaskOutput(List.of(), Bytes.of(new byte[3]), 1, 3)
                : Words.output(id);
        yield new AgentEvent.TaskEnded(id, new TaskOutcome.Succeeded(output));
      }
      case "failed" ->
          new AgentEvent.TaskEnded(
              Words.attempt(w.at(1)), new TaskOutcome.Failed(new Failure.Io("disk")));
      case "known" ->
          new AgentEvent.JobsKnown(
              w.from(1).stream().map(JobId::new).toList(),
              Arrays.stream(w.named("known", "").split(",", -1))
                  .filter(job -> !job.isEmpty())
                  .map(JobId::new)
                  .toList());
      case "drain" -> new AgentEvent.DrainRequested();
      case "tick" -> new AgentEvent.Tick();
      default -> throw new IllegalArgumentException("unknown command: " + w);
    };
  }

  private static String text(AgentEffect effect) {
    return switch (effect) {
      case AgentEffect.RunTask(var launch, boolean inLane) ->
          "run " + launch.id() + (inLane ? " in the lane" : "");
      case AgentEffect.InterruptTask(var id) -> "interrupt " + id;
      case AgentEffect.RemoveJobData(var job) -> "remove-data " + job;
      case AgentEffect.RemoveAttemptData(var id) -> "remove-data " + id;
      case AgentEffect.AnswerSlots(_, long request, var granted, int waiting) ->
          "answer "
              + request
              + ": granted "
              + granted.stream().map(r -> r.id()).toList()
              + " waiting "
              + waiting;
      case AgentEffect.AnswerLaunch(_, var answers) -> "answer " + answers;
      case AgentEffect.AnswerInventory(_, var jobs, var refused, var running, var ended) ->
          "inventory of "
              + jobs
              + " refused "
              + refused
              + " running "
              + running
              + " ended "
              + ended.stream().map(s -> s.id()).toList();
      case AgentEffect.AnswerOtherIncarnation _ -> "answer other incarnation";
      case AgentEffect.Register(var to, var outputs) -> "register at " + to + " " + outputs;
      case AgentEffect.SendHeartbeat(var to, var attempts, int free) ->
          "beat to " + to + " " + attempts + " free " + free;
      case AgentEffect.SendOffer(var to, var list) ->
          "offer to " + to + " " + list.stream().map(r -> r.id()).toList();
      case AgentEffect.AskJobs(var to, var jobs) -> "ask " + to + " about " + jobs;
      case AgentEffect.LookForSchedulers _ -> "look for schedulers";
      case AgentEffect.SayLeaving(var to, boolean gone) ->
          (gone ? "say gone to " : "say leaving to ") + to;
      case AgentEffect.Drained _ -> "drained";
      case AgentEffect.SendStatuses(var to, var reports) ->
          "report to " + to + " " + reports.stream().map(AgentScript::text).toList();
    };
  }

  private static String text(AgentEffect.Report report) {
    var followUp = report.followUp();
    return report.status().id()
        + (followUp == null
            ? ""
            : " with " + followUp.id() + followUp.job().map(job -> " for " + job).orElse(""));
  }
}
