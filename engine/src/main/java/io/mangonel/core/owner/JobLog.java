package io.mangonel.core.owner;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.StoredJob;
import io.mangonel.core.task.JobId;
import java.util.ArrayList;
import java.util.List;

/** Where the stored log of a job begins and ends, and which snapshot is before it. */
final class JobLog {
  private long sequence;
  private long oldestSequence = 1;
  private long bytes;
  private long snapshotSequence;
  private int snapshotChunks;
  private long snapshotBytes;

  /** The number of the next entry. */
  long nextSequence() {
    return ++sequence;
  }

  /** A transition of this size was added to the last entry. */
  void grew(int by) {
    bytes += by;
  }

  /**
   * Whether a snapshot is worth it: there are many entries, and they are not much smaller than what
   * would replace them.
   */
  boolean wantsSnapshot(Limits limits) {
    return sequence - oldestSequence + 1 >= limits.snapshotEvery() && bytes >= snapshotBytes / 2;
  }

  /**
   * The changes of a snapshot of now: it covers every entry so far. Pieces first, so that until all
   * are there the one before counts; then what it replaces goes.
   */
  List<Change> snapshot(JobId job, long epoch, Bytes graph, Limits limits) {
    var changes = new ArrayList<Change>();
    var chunks = graph.chunks(limits.planChunkBytes());
    for (int index = 0; index < chunks.size(); index++) {
      changes.add(new Change.SnapshotChunkWritten(job, sequence, index, chunks.get(index)));
    }
    changes.add(new Change.SnapshotWritten(job, epoch, sequence, chunks.size()));
    int step = limits.commitOperationsMax() / 2;
    for (long first = oldestSequence; first <= sequence; first += step) {
      changes.add(new Change.LogTrimmed(job, first, Math.min(sequence, first + step - 1)));
    }
    for (int first = 0; first < snapshotChunks; first += step) {
      int last = Math.min(snapshotChunks, first + step) - 1;
      changes.add(new Change.SnapshotDropped(job, snapshotSequence, first, last));
    }
    oldestSequence = sequence + 1;
    bytes = 0;
    snapshotSequence = sequence;
    snapshotChunks = chunks.size();
    snapshotBytes = graph.length();
    return changes;
  }

  /** Continues a stored log. */
  void resume(StoredJob stored) {
    snapshotSequence = stored.snapshotSequence();
    snapshotChunks = stored.snapshotChunks();
    oldestSequence = snapshotSequence + 1;
    sequence = snapshotSequence + stored.log().size();
  }

  void encode(RecordWriter out) {
    out.number(sequence).number(oldestSequence).number(bytes);
    out.number(snapshotSequence).number(snapshotChunks).number(snapshotBytes);
  }
}
