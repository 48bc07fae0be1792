package io.mangonel.core.agent;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.agent.AgentJob.Attempt;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The jobs an executor has heard of, their attempts, and which statuses are unacknowledged. */
final class JobTable {
  private final Limits limits;
  private final NavigableMap<JobId, AgentJob> jobs = new TreeMap<>();

  /** Those with attempts that run or are not acknowledged: few, where thousands are remembered. */
  private final NavigableMap<JobId, AgentJob> open = new TreeMap<>();

  private int outbox;
  private long outboxBytes;
  private long forgetAtMs;

  JobTable(Limits limits) {
    this.limits = limits;
  }

  NavigableMap<JobId, AgentJob> all() {
    return jobs;
  }

  @Nullable AgentJob find(JobId id) {
    return jobs.get(id);
  }

  /** The job, of which somebody speaks now. */
  AgentJob heard(JobId id, Incarnation scheduler, long nowMs) {
    AgentJob job = jobs.computeIfAbsent(id, _ -> new AgentJob(scheduler));
    job.heardAtMs = nowMs;
    job.unknownSinceMs = AgentJob.KNOWN;
    return job;
  }

  /** What an earlier run left: its status is due at once, to whoever owns the job now. */
  void recover(Recovered attempt, TaskStatus status) {
    TaskAttemptId id = attempt.id();
    AgentJob job = jobs.computeIfAbsent(id.job(), _ -> new AgentJob(id.launcher()));
    job.epoch = Math.max(job.epoch, attempt.epoch());
    if (!job.attempts().containsKey(id)) {
      ended(job, status, 0);
    }
  }

  /** An attempt is now this. */
  void put(AgentJob job, TaskAttemptId id, Attempt attempt) {
    job.put(id, attempt);
    index(id.job(), job);
  }

  /** Nothing is to be known of an attempt any more. */
  void remove(AgentJob job, TaskAttemptId id) {
    job.remove(id);
    index(id.job(), job);
  }

  private void index(JobId id, AgentJob job) {
    if (job.open()) {
      open.put(id, job);
    } else {
      open.remove(id);
    }
  }

  /** An attempt ended; its status waits for its acknowledgement. */
  void ended(AgentJob job, TaskStatus status, long sendAtMs) {
    put(job, status.id(), new Attempt.Ended(status, false, sendAtMs));
    outbox++;
    outboxBytes += AgentJob.inlineBytes(status);
  }

  /** An owner came into reach: what it has not acknowledged is due now. */
  void reportAtOnce(Incarnation owner) {
    forEachOpen(
        (job, attempt) -> {
          if (job.owner.equals(owner) && attempt instanceof Attempt.Ended(var status, _, _)) {
            put(job, status.id(), new Attempt.Ended(status, false, 0));
          }
        });
  }

  void acknowledge(TaskAttemptId id) {
    AgentJob job = jobs.get(id.job());
    if (job != null
        && job.attempts().get(id) instanceof Attempt.Ended(var status, boolean acknowledged, _)
        && !acknowledged) {
      outbox--;
      outboxBytes -= AgentJob.inlineBytes(status);
      put(job, id, new Attempt.Ended(AgentJob.withoutInline(status), true, 0));
    }
  }

  int outbox() {
    return outbox;
  }

  boolean outboxFull() {
    return outbox >= limits.outboxMax() || outboxBytes >= limits.outboxBytesMax();
  }

  /** Attempts whose output is here. */
  List<TaskAttemptId> outputs() {
    var outputs = new ArrayList<TaskAttemptId>();
    for (AgentJob job : jobs.values()) {
      job.attempts()
          .forEach(
              (id, attempt) -> {
                if (attempt instanceof Attempt.Ended(var status, _, _)
                    && status.outcome() instanceof TaskOutcome.Succeeded) {
                  outputs.add(id);
                }
              });
    }
    return outputs;
  }

  /** Attempts that run, or ended and are not acknowledged. */
  void forEachOpen(BiConsumer<AgentJob, Attempt> visit) {
    for (AgentJob job : List.copyOf(open.values())) {
      for (Attempt attempt : List.copyOf(job.attempts().values())) {
        if (open(attempt)) {
          visit.accept(job, attempt);
        }
      }
    }
  }

  private static boolean open(Attempt attempt) {
    return switch (attempt) {
      case Attempt.Running _ -> true;
      case Attempt.Ended(_, boolean acknowledged, _) -> !acknowledged;
      case Attempt.Refused _ -> false;
    };
  }

  /** How many jobs run a task here, with this one. */
  int activeWith(AgentJob one) {
    return 1 + (int) open.values().stream().filter(job -> job != one && job.running()).count();
  }

  boolean running() {
    return open.values().stream().anyMatch(AgentJob::running);
  }

  /** This process stood still; nobody else did. */
  void shift(long byMs) {
    jobs.values().forEach(job -> job.shift(byMs));
  }

  /** Looks at all of them, so not at each tick. */
  void forgetIdle(long nowMs) {
    if (nowMs < forgetAtMs) {
      return;
    }
    forgetAtMs = nowMs + limits.forgetMs();
    jobs.values().removeIf(job -> job.idle() && nowMs - job.heardAtMs > limits.jobMemoryMs());
  }

  void encode(RecordWriter out) {
    out.number(outbox).number(outboxBytes).number(forgetAtMs);
    out.list(
        jobs.entrySet(), (o, entry) -> entry.getValue().encode(o.text(entry.getKey().value())));
  }
}
