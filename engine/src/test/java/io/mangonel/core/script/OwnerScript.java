package io.mangonel.core.script;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.owner.Limits;
import io.mangonel.core.owner.SchedulerCore;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.JobPlan;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.SubmitHolder;
import io.mangonel.core.suspicion.Lineage;
import io.mangonel.core.suspicion.PeerEffect;
import io.mangonel.core.suspicion.PeerEvent;
import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.suspicion.Succession;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.core.task.TaskStatus;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Drives a scheduler's core by text. */
final class OwnerScript {
  private static final long REVISION = 7;

  private SchedulerCore core = core(Limits.DEFAULTS);
  private long nowMs = 1_000;

  /** The last inquiry about each scheduler. */
  private final Map<Incarnation, Long> inquiries = new TreeMap<>();

  private static SchedulerCore core(Limits limits) {
    return new SchedulerCore(new Incarnation("s"), REVISION, limits);
  }

  String apply(String line) {
    var w = Words.of(line);
    if (w.at(0).equals("limits")) { // Comes first: it begins anew.
      int running = Integer.parseInt(w.named("running", "1"));
      core = core(Limits.DEFAULTS.withJobs(running, Integer.parseInt(w.named("queued", "1"))));
      return "";
    }
    if (w.at(0).equals("inherit")) { // Suspicion of one is off until then; was=s8+s9, its names.
      core.inherit(Map.of(w.incarnation(1), w.number(2)), incarnations(w.named("was", "")));
      return "";
    }
    if (w.at(0).equals("came-back")) { // That one had taken this process for dead.
      core.cameBack(w.incarnation(1), nowMs);
      return "";
    }
    if (w.at(0).equals("phase")) {
      return core.job(w.job(1)).map(job -> job.line().phase() + "\n").orElse("unknown\n");
    }
    if (w.at(0).equals("wait")) { // Time passes, and no tick comes.
      nowMs += w.number(1);
      return "";
    }
    if (w.at(0).equals("tick")) {
      nowMs += w.number(1);
    }
    core.step(event(w), nowMs);
    var ready = core.ready();
    var out = new StringBuilder();
    Commit commit = ready.commit();
    if (commit != null) {
      out.append("commit ").append(commit.count()).append('\n');
      commit.changes().forEach(change -> out.append("  ").append(text(change)).append('\n'));
    }
    ready.effects().forEach(this::note);
    ready.effects().forEach(effect -> out.append(text(effect)).append('\n'));
    return out.toString();
  }

  /** The last one about the peer, or that with a number. */
  private long inquiry(Words w) {
    String last = String.valueOf(inquiries.getOrDefault(w.incarnation(1), 0L));
    return Long.parseLong(w.named("inquiry", last));
  }

  private Event event(Words w) {
    return switch (w.at(0)) {
      case "queue" ->
          new Event.JobQueued(w.job(1), request(w), plan(w), w.words().contains("first"));
      case "plan" ->
          new Event.JobSubmitted(
              w.job(1), new JobPlan(Words.stages(w.at(2)), body(w.named("bytes", "3"))));
      case "reject-plan" -> new Event.PlanningFailed(w.job(1), "no such table", false);
      case "cancel" -> new Event.CancelRequested(w.job(1), "asked");
      case "executor" -> new Event.ExecutorRegistered(Stored.executor(w), w.attempts(2));
      case "load-executor" -> new Event.ExecutorLoaded(Stored.executor(w));
      case "load" -> new Event.JobLoaded(Stored.job(w), w.words().contains("claimed"));
      case "adopted" -> Stored.inventory(w);
      case "load-ended" ->
          new Event.EndedJobLoaded(w.job(1), Long.parseLong(w.named("epoch", "1")));
      case "rows-sent" -> new Event.RowsSent(w.job(1));
      case "reading-begins" -> new Event.ReadingBegins(w.job(1));
      case "reading-ends" -> new Event.ReadingEnds(w.job(1));
      case "leaving" ->
          new Event.ExecutorLeaving(
              w.executor(1), w.incarnation(1), Boolean.parseBoolean(w.named("gone", "false")));
      case "lost" -> new Event.ExecutorLost(w.executor(1), w.incarnation(1), "gone");
      case "beat" -> new Event.Heartbeat(w.executor(1), w.incarnation(1), w.attempts(2));
      case "offer" ->
          new Event.Offer(w.executor(1), w.incarnation(1), w.reservations(1, nowMs + 3_000));
      case "granted" ->
          new Event.SlotsReserved(
              w.executor(1),
              w.incarnation(1),
              Long.parseLong(w.named("request", "1")),
              w.reservations(1, nowMs + 3_000),
              Integer.parseInt(w.named("waiting", "0")));
      case "accepted" -> answer(w, new TaskLaunch.Answer.Accepted(Words.attempt(w.at(2))));
      case "rejected" ->
          answer(
              w,
              new TaskLaunch.Answer.Rejected(
                  Words.attempt(w.at(2)), TaskLaunch.Reason.NO_RESERVATION, "no reservation"));
      case "stale" ->
          answer(w, new TaskLaunch.Answer.StaleEpoch(Words.attempt(w.at(2)), w.number(3)));
      case "succeeded" -> updates(w, new TaskOutcome.Succeeded(output(w)));
      case "failed" -> updates(w, new TaskOutcome.Failed(failure(w)));
      case "done" -> new Event.CommitAnswered(w.number(1), Commit.Outcome.DONE);
      case "refused" -> new Event.CommitAnswered(w.number(1), Commit.Outcome.REFUSED);
      case "unknown" -> new Event.CommitAnswered(w.number(1), Commit.Outcome.UNKNOWN);
      case "no-space" -> new Event.CommitAnswered(w.number(1), Commit.Outcome.NO_SPACE);
      case "fence" -> new Event.FenceRead(w.number(1), w.number(2), holders(w));
      case "schedulers" ->
          new Event.SchedulersListed(
              w.from(1).stream().map(Incarnation::new).toList(), successions(w));
      case "heard" ->
          new Event.OfPeer(
              new PeerEvent.Heard(w.incarnation(1), Integer.parseInt(w.named("executors", "0"))));
      case "broke" -> new Event.OfPeer(new PeerEvent.Broke(w.incarnation(1)));
      case "tried" ->
          new Event.OfPeer(
              new PeerEvent.Tried(w.incarnation(1), inquiry(w), Sighting.valueOf(w.at(2))));
      case "witnessed" ->
          new Event.OfPeer(
              new PeerEvent.Witnessed(w.incarnation(1), inquiry(w), Sighting.valueOf(w.at(2))));
      case "orphans", "orphans-known" -> orphansEvent(w);
      case "orphans-unreadable" -> new Event.OrphansUnreadable();
      case "claim-answered" -> new Event.ClaimAnswered(w.from(1).stream().map(JobId::new).toList());
      case "store" -> // used and quota in bytes
          new Event.StoreMeasured(w.number(1), w.number(2), w.words().contains("full"));
      case "tick" -> new Event.Tick();
      default -> throw new IllegalArgumentException("unknown command: " + w);
    };
  }

  /** {@code s4=s2+s1}: s4 was s2, and s1 before; {@code s4=s2/s+s3}: s and s3 took it for dead. */
  private static List<Succession> successions(Words w) {
    return w.words().stream()
        .filter(word -> word.contains("="))
        .map(word -> word.split("[=/]", -1))
        .map(
            names ->
                new Succession(
                    new Incarnation(names[0]),
                    new Lineage(
                        incarnations(names[1]), incarnations(names.length > 2 ? names[2] : ""))))
        .toList();
  }

  private static List<Incarnation> incarnations(String names) {
    return Stream.of(names.split("\\+"))
        .filter(name -> !name.isEmpty())
        .map(Incarnation::new)
        .toList();
  }

  private static Event orphansEvent(Words w) {
    return w.at(0).equals("orphans")
        ? new Event.OrphansListed(orphans(w))
        : new Event.OrphansKnown(orphans(w));
  }

  /** {@code j1=s9 j2!=s9}: their headers name s9; j2 has a plan. */
  private static List<Event.Orphan> orphans(Words w) {
    return w.words().stream()
        .filter(word -> word.contains("="))
        .map(word -> word.split("!?=", -1))
        .map(
            sides ->
                new Event.Orphan(
                    new JobId(sides[0]),
                    new Incarnation(sides[1]),
                    w.toString().contains(sides[0] + "!=")))
        .toList();
  }

  /** {@code j1=j9}: the key of j1 is j9's; {@code j1!=j9}: for another request. */
  private static List<SubmitHolder> holders(Words w) {
    return w.words().stream()
        .filter(word -> word.contains("="))
        .map(word -> word.split("!?=", -1))
        .map(
            sides ->
                new SubmitHolder(
                    new JobId(sides[0]),
                    new JobId(sides[1]),
                    !w.toString().contains(sides[0] + "!=")))
        .toList();
  }

  /** {@code plan=0:1}: planned before; {@code writes}: not only reading; {@code small}. */
  private static @Nullable JobPlan plan(Words w) {
    String stages = w.named("plan", "");
    return stages.isEmpty()
        ? null
        : new JobPlan(
            Words.stages(stages),
            body("3"),
            !w.words().contains("writes"),
            w.words().contains("small"));
  }

  private static TaskOutput output(Words w) {
    String inline = w.named("inline", w.words().contains("inline") ? "3" : "");
    return inline.isEmpty()
        ? Words.output(Words.attempt(w.at(2)))
        : new TaskOutput(List.of(), body(inline), 1, 3);
  }

  private static Bytes body(String bytes) {
    return Bytes.of(new byte[Integer.parseInt(bytes)]);
  }

  private static Event answer(Words w, TaskLaunch.Answer answer) {
    return new Event.LaunchAnswered(w.executor(1), w.incarnation(1), List.of(answer));
  }

  private Event updates(Words w, TaskOutcome outcome) {
    List<TaskAttemptId> inputs =
        w.named("read", "").isEmpty() ? List.of() : List.of(Words.attempt(w.named("read", "")));
    var status =
        new TaskStatus(Words.attempt(w.at(2)), w.executor(1), w.incarnation(1), inputs, outcome);
    return new Event.TaskUpdates(
        w.executor(1), w.incarnation(1), List.of(new Event.TaskUpdate(status, followUp(w))));
  }

  private @Nullable ExecutorReservation followUp(Words w) {
    String id = w.named("then", "");
    return id.isEmpty() ? null : Words.reservation(w, 1, id, nowMs + 3_000);
  }

  private static Failure failure(Words w) {
    return switch (w.at(3)) {
      case "user" -> new Failure.UserError("division by zero");
      case "io" -> new Failure.Io("disk");
      case "unreachable" -> new Failure.HolderUnreachable(Words.attempt(w.at(4)), "refused");
      case "fetch" -> new Failure.FetchFailed(Words.attempt(w.at(4)), "not there");
      default -> throw new IllegalArgumentException("unknown failure: " + w);
    };
  }

  private static JobRequest request(Words w) {
    int size = Integer.parseInt(w.named("bytes", "8"));
    return new JobRequest(
        w.named("sql", "x").repeat(size),
        new TreeMap<>(),
        "/",
        w.named("session", "session"),
        w.named("principal", "alice"),
        "duckdb",
        0,
        w.named("key", ""),
        Long.parseLong(w.named("timeout", "0")));
  }

  private static String text(Change change) {
    return switch (change) {
      case Change.JobCreated(var job, long epoch, _) -> "created " + job + " epoch " + epoch;
      case Change.PlanChunkWritten(var job, int index, _) -> "plan-chunk " + job + " " + index;
      case Change.PlanWritten(var job, var plan) -> "plan " + job + " epoch " + plan.epoch();
      case Change.JobClaimed(var job, long epoch) -> "claimed " + job + " epoch " + epoch;
      case Change.Transitions(var job, _, long sequence, var all, _) ->
          "log "
              + job
              + " "
              + sequence
              + ": "
              + all.stream().map(OwnerScript::text).collect(Collectors.joining(", "));
      case Change.SnapshotChunkWritten(var job, long sequence, int index, _) ->
          "snapshot-chunk " + job + " " + sequence + " " + index;
      case Change.SnapshotWritten(var job, _, long sequence, _) ->
          "snapshot " + job + " " + sequence;
      case Change.LogTrimmed(var job, long first, long last) ->
          "log-trimmed " + job + " " + first + " to " + last;
      case Change.SnapshotDropped(var job, long sequence, _, _) ->
          "snapshot-dropped " + job + " " + sequence;
      case Change.JobEnded(var job, _, var record, _, _, _) ->
          "ended " + job + " " + record.getClass().getSimpleName();
      case Change.JobForgotten(var job) -> "forgotten " + job;
      case Change.ExecutorWritten(var info) -> "executor " + info.incarnation();
      case Change.ExecutorDeleted(var id) -> "executor-deleted " + id;
    };
  }

  private static String text(GraphTransition transition) {
    return switch (transition) {
      case GraphTransition.TaskLaunched(var id, var at, _) -> "launched " + id + " on " + at;
      case GraphTransition.TaskSucceeded(var id, _) -> "succeeded " + id;
      case GraphTransition.TaskFailed(var id, var failure) ->
          "failed " + id + " " + failure.getClass().getSimpleName();
      case GraphTransition.ExecutorGone(_, var run, _, _) -> "gone " + run;
      case GraphTransition.RowsSent() -> "rows-sent";
      case GraphTransition.PublishingBegun() -> "publishing";
    };
  }

  private static String text(Effect effect) {
    return switch (effect) {
      case Effect.PlanJob(var job, _, boolean suspect) ->
          "plan " + job + (suspect ? " suspect" : "");
      case Effect.StopPlanning(var job) -> "stop-planning " + job;
      case Effect.ReserveSlots(_, var run, long request, int wanted, _) ->
          "reserve " + run + " request " + request + " wanted " + wanted;
      case Effect.CancelReservations(_, var run, var list) ->
          "return " + run + " " + list.stream().map(r -> r.id()).toList();
      case Effect.LaunchTasks(_, var run, var list) ->
          "launch " + run + " " + list.stream().map(OwnerScript::text).toList();
      case Effect.CancelTasks(_, var run, _, long epoch, var ids) ->
          "cancel " + run + " epoch " + epoch + " " + ids;
      case Effect.AdoptJobs(_, var run, var jobs, var gone) ->
          "adopt " + run + " " + jobs + (gone.isEmpty() ? "" : " gone " + gone);
      case Effect.RemoveJobData(_, var run, var job, long epoch) ->
          "remove " + run + " " + job + " epoch " + epoch;
      case Effect.AcknowledgeStatuses(_, var run, var ids) -> "ack " + run + " " + ids;
      case Effect.ExecutorAccepted(_, var run) -> "executor-accepted " + run;
      case Effect.AskToRegister(_, var run) -> "ask-to-register " + run;
      case Effect.Announce(_, var run) -> "announce to " + run;
      case Effect.JobAccepted(var job) -> "job-accepted " + job;
      case Effect.JobRefused(var job, var message, _) -> "job-refused " + job + ": " + message;
      case Effect.JobExists(var job, var existing) -> "job-exists " + job + " as " + existing;
      case Effect.JobFinished(var job, var record) ->
          "job-finished " + job + " " + record.result().stream().map(p -> p.attempt()).toList();
      case Effect.JobFailed(var job, var record) -> "job-failed " + job + ": " + record.message();
      case Effect.JobCancelled(var job, _) -> "job-cancelled " + job;
      case Effect.ListOrphans() -> "list-orphans";
      case Effect.ClaimJobs(var owner, var jobs) -> "claim of " + owner + " " + jobs;
      case Effect.OfPeer(PeerEffect.TryPeer(var peer, _)) -> "try " + peer;
      case Effect.OfPeer(PeerEffect.AskWitnesses(var peer, _, var executors, var others)) ->
          "ask about " + peer + " " + executors + " " + others;
      case Effect.OfPeer(PeerEffect.RemoveKey(var peer)) -> "remove the key of " + peer;
      case Effect.TrimStore(boolean first) -> "trim-store" + (first ? " first" : "");
      case Effect.ReadFence() -> "read-fence";
      case Effect.Fenced _ -> "fenced";
    };
  }

  private void note(Effect effect) {
    if (effect instanceof Effect.OfPeer(PeerEffect.TryPeer(var peer, long inquiry))) {
      inquiries.put(peer, inquiry);
    }
  }

  private static String text(TaskLaunch launch) {
    return launch.id()
        + " on "
        + launch.reservation()
        + launch.inputs().stream().map(i -> " < " + i.producer()).collect(Collectors.joining());
  }
}
