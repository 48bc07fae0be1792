package io.mangonel.core.owner;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.graph.ExecutionGraph;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.RecordCodec;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskStatus;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A job of this scheduler, from its submission to the end of its retention. */
final class Job {
  final JobId id;
  final long order;
  final JobRequest request;

  /** Executors that may hold something of it, at the incarnation that was last used. */
  final Map<ExecutorId, Incarnation> holders = new TreeMap<>();

  /** What inventories said that ended; it counts once what it read is known to count. */
  final Map<TaskAttemptId, TaskStatus> found = new TreeMap<>();

  /** Statuses that came while inventories were awaited; they are taken after those. */
  final Map<TaskAttemptId, TaskStatus> early = new TreeMap<>();

  /** Executors that a reader could not reach. */
  final Map<ExecutorId, UnreachableHolders.Unreached> unreached = new TreeMap<>();

  long epoch;

  /** The epoch in which its plan was made: older attempts are of another plan. */
  long planEpoch;

  /**
   * The change that made the epoch: launches and adoptions wait for it (rule D4); 0 when a claim
   * made it. Later the one that began publishing (rule T16).
   */
  long epochChange;

  /** Launched ahead of the store (rule D12); only by the scheduler that took its submit. */
  boolean light;

  /** Accepted and answered ahead of the store, too. */
  boolean answersAhead;

  /** So little work that it may use the lane. */
  boolean small;

  /** Whether its client was told its end before that was durable. */
  boolean answered;

  /** When its plan was made; 0 before. */
  long plannedAtMs;

  /** Since when no executor has its engine version; 0 while one has. */
  long noExecutorSinceMs;

  /** Whose it was when this scheduler claimed it, if it is known: one that has no key any more. */
  @Nullable Incarnation ownerBefore;

  /** Whether a new owner has not heard yet what runs of it (rule T5). */
  boolean awaitsInventories;

  /** Its tasks that could be launched now, and its place among the jobs that have some. */
  int demand;

  TaskManager.@Nullable Place place;

  @Nullable ExecutionGraph graph;
  @Nullable TerminalRecord end;

  /** The change that holds {@link #end}. */
  long endChange;

  private final JobLog log = new JobLog();

  Job(JobId id, long order, long epoch, JobRequest request) {
    this.id = id;
    this.order = order;
    this.epoch = epoch;
    this.request = request;
  }

  boolean ended() {
    return end != null;
  }

  /** Whether it can no longer be stopped (rule T16). */
  boolean publishing() {
    return !ended() && graph != null && graph.publishing();
  }

  /** Whether nothing is left of it but to say how it ended. */
  boolean isOver() {
    return graph != null && (graph.finished() || graph.failure().isPresent());
  }

  /** Whether anything of it runs, or has run. */
  boolean hasBegun() {
    return graph != null && graph.runningTasks() + graph.successfulTasks() > 0;
  }

  boolean adopting() {
    return awaitsInventories && !ended();
  }

  /**
   * Whether the attempt may run on: it does by the graph, or it won and its report is on its way.
   */
  boolean wants(TaskAttemptId attempt) {
    return graph != null && (graph.isWinner(attempt) || (!ended() && graph.isRunning(attempt)));
  }

  JobLog log() {
    return log;
  }

  JobView view(long durable, boolean waits) {
    var stages = graph == null ? List.<JobView.StageView>of() : JobView.stagesOf(graph);
    return new JobView(line(durable, waits), stages);
  }

  /**
   * @param waits whether as many jobs run as may
   */
  JobView.Line line(long durable, boolean waits) {
    TerminalRecord shown = durable >= endChange ? end : null;
    var phase =
        switch (shown) {
          case null -> open(waits);
          case TerminalRecord.Finished _ -> JobView.Phase.FINISHED;
          case TerminalRecord.Failed _ -> JobView.Phase.FAILED;
          case TerminalRecord.Cancelled _ -> JobView.Phase.CANCELLED;
        };
    int tasks = graph == null ? 0 : graph.taskCount();
    int won = graph == null ? 0 : graph.successfulTasks();
    return new JobView.Line(id, phase, epoch, request, plannedAtMs, tasks, won, shown);
  }

  private JobView.Phase open(boolean waits) {
    if (graph == null) {
      return JobView.Phase.PLANNING;
    }
    if (graph.publishing()) {
      return JobView.Phase.PUBLISHING;
    }
    return waits ? JobView.Phase.QUEUED : JobView.Phase.RUNNING;
  }

  void encode(RecordWriter out) {
    out.flag(light).flag(answersAhead).flag(small).flag(answered);
    out.text(ownerBefore == null ? "" : ownerBefore.value());
    out.text(id.value())
        .number(order)
        .number(epoch)
        .number(planEpoch)
        .number(epochChange)
        .flag(awaitsInventories);
    out.number(endChange).number(plannedAtMs).number(noExecutorSinceMs);
    log.encode(out);
    out.bytes(RecordCodec.encodeRequest(request));
    out.list(holders.entrySet(), (o, e) -> o.text(e.getKey().value()).text(e.getValue().value()));
    out.list(found.keySet(), (o, id) -> id.write(o));
    out.list(early.keySet(), (o, id) -> id.write(o));
    out.list(
        unreached.entrySet(),
        (o, e) ->
            o.text(e.getKey().value())
                .text(e.getValue().incarnation().value())
                .number(e.getValue().sinceMs()));
    out.flag(graph != null);
    if (graph != null) {
      out.bytes(graph.encode());
    }
    out.flag(end != null);
    if (end != null) {
      out.bytes(RecordCodec.encodeTerminalRecord(end));
    }
  }
}
