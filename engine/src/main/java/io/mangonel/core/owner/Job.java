package io.mangonel.core.owner;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.graph.ExecutionGraph;
import io.mangonel.core.graph.ExecutorId;
import io.mangonel.core.graph.Incarnation;
import io.mangonel.core.graph.JobId;
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

  /** The change that made the epoch: launches and adoptions wait for it (rule D4). */
  long epochChange;

  /** When adoption ends whatever is unheard; 0 when it is over or was not needed. */
  long adoptUntilMs;

  /** Whether inventories have been asked for. */
  boolean adoptionSent;

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
    return adoptUntilMs > 0;
  }

  /** The number of the job's next log entry. */
  long nextSequence() {
    return ++sequence;
  }

  /** Log entries since the last snapshot. */
  long logLength() {
    return sequence - oldestSequence + 1;
  }

  /** A snapshot of now: it covers every entry so far. */
  Change.SnapshotWritten snapshot(ExecutionGraph of) {
    var snapshot = new Change.SnapshotWritten(id, epoch, oldestSequence, sequence, of.encode());
    oldestSequence = sequence + 1;
    return snapshot;
  }

  /** Continues a stored log. */
  void resume(long snapshotSequence, int entries) {
    oldestSequence = snapshotSequence + 1;
    sequence = snapshotSequence + entries;
  }

  void encode(RecordWriter out) {
    out.text(id.value()).number(order).number(epoch).number(epochChange).number(adoptUntilMs);
    out.flag(adoptionSent).number(endChange).number(sequence).number(oldestSequence);
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
