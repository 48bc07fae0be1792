package io.mangonel.core.owner;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.graph.ExecutionGraph;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.RecordCodec;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A job of this scheduler, from its submission to the end of its retention. */
final class Job {
  final JobId id;
  final long order;
  final JobRequest request;

  /** Executors that may hold something of it, at the incarnation that was last used. */
  final Map<ExecutorId, Incarnation> holders = new TreeMap<>();

  /** Executors whose inventory a new owner waits for (rule T5). */
  final Set<ExecutorId> unheard = new TreeSet<>();

  long epoch;

  /** The epoch in which its plan was made: older attempts are of another plan. */
  long planEpoch;

  /** The change that made the epoch: launches and adoptions wait for it (rule D4). */
  long epochChange;

  /** When adoption ends whatever is unheard; 0 when it is over or was not needed. */
  long adoptUntilMs;

  /** When inventories were asked for last; 0 for never. */
  long adoptSentAtMs;

  @Nullable ExecutionGraph graph;
  @Nullable TerminalRecord end;

  /** The change that holds {@link #end}. */
  long endChange;

  private long sequence;
  private long oldestSequence = 1;

  Job(JobId id, long order, long epoch, JobRequest request) {
    this.id = id;
    this.order = order;
    this.epoch = epoch;
    this.request = request;
  }

  boolean ended() {
    return end != null;
  }

  boolean adopting() {
    return adoptUntilMs > 0 && !ended();
  }

  /**
   * Whether the attempt may run on: it does by the graph, or it won and its report is on its way.
   */
  boolean wants(TaskAttemptId attempt) {
    return graph != null && (graph.isWinner(attempt) || (!ended() && graph.isRunning(attempt)));
  }

  /** The number of the job's next log entry. */
  long nextSequence() {
    return ++sequence;
  }

  /** Log entries since the last snapshot. */
  long logLength() {
    return sequence - oldestSequence + 1;
  }

  /**
   * A snapshot of now: it covers every entry so far, and deletes at most {@code deletesMax} of
   * them; a reader ignores the rest.
   */
  Change.SnapshotWritten snapshot(Bytes of, int deletesMax) {
    long first = Math.max(oldestSequence, sequence - deletesMax + 1);
    oldestSequence = sequence + 1;
    return new Change.SnapshotWritten(id, epoch, first, sequence, of);
  }

  JobView view(long durable) {
    TerminalRecord shown = durable >= endChange ? end : null;
    var phase =
        switch (shown) {
          case null -> graph == null ? JobView.Phase.PLANNING : JobView.Phase.RUNNING;
          case TerminalRecord.Finished _ -> JobView.Phase.FINISHED;
          case TerminalRecord.Failed _ -> JobView.Phase.FAILED;
          case TerminalRecord.Cancelled _ -> JobView.Phase.CANCELLED;
        };
    var stages = new ArrayList<JobView.StageView>();
    if (graph != null) {
      for (int stage = 0; stage < graph.stageCount(); stage++) {
        stages.add(stageView(graph, stage));
      }
    }
    return new JobView(id, phase, epoch, request, stages, shown);
  }

  private static JobView.StageView stageView(ExecutionGraph graph, int stage) {
    var tasks = new ArrayList<JobView.TaskView>();
    for (int partition = 0; partition < graph.spec(stage).tasks(); partition++) {
      int failures = graph.failures(stage, partition);
      var winner = graph.winner(stage, partition);
      var running = graph.runningTask(stage, partition);
      if (winner.isPresent()) {
        var won = winner.get();
        tasks.add(
            new JobView.TaskView(
                partition,
                "SUCCESSFUL",
                won.id(),
                won.executor(),
                failures,
                won.output().rows(),
                won.output().bytes()));
      } else {
        tasks.add(
            new JobView.TaskView(
                partition,
                running.isPresent() ? "RUNNING" : "PENDING",
                running.map(ExecutionGraph.RunningTask::id).orElse(null),
                running.map(ExecutionGraph.RunningTask::executor).orElse(null),
                failures,
                0,
                0));
      }
    }
    return new JobView.StageView(
        stage, graph.state(stage).name(), graph.stageAttempt(stage), tasks);
  }

  /** Continues a stored log. */
  void resume(long snapshotSequence, int entries) {
    oldestSequence = snapshotSequence + 1;
    sequence = snapshotSequence + entries;
  }

  void encode(RecordWriter out) {
    out.text(id.value())
        .number(order)
        .number(epoch)
        .number(planEpoch)
        .number(epochChange)
        .number(adoptUntilMs);
    out.number(adoptSentAtMs).number(endChange).number(sequence).number(oldestSequence);
    out.bytes(RecordCodec.encodeRequest(request));
    out.list(holders.entrySet(), (o, e) -> o.text(e.getKey().value()).text(e.getValue().value()));
    out.list(unheard, (o, e) -> o.text(e.value()));
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
