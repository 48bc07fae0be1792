package io.mangonel.core.record;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.task.JobId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job that has not ended, as the store has it.
 *
 * @param epoch of its header
 * @param plan its plan, or null when none was committed
 * @param snapshot its latest snapshot, or null
 * @param snapshotSequence the entry the snapshot reaches to; 0 without a snapshot
 * @param snapshotChunks the pieces in which the snapshot is stored
 * @param log all later entries, in order, without gaps: each entry's transitions
 * @param cancelRequested whether somebody wants it to end (rule D7)
 */
public record StoredJob(
    JobId job,
    long epoch,
    JobRequest request,
    @Nullable Plan plan,
    @Nullable Bytes snapshot,
    long snapshotSequence,
    int snapshotChunks,
    List<List<GraphTransition>> log,
    boolean cancelRequested) {
  public StoredJob {
    log = log.stream().map(List::copyOf).toList();
  }

  /** The same but for {@link #cancelRequested}. */
  public StoredJob withCancelRequested(boolean requested) {
    return new StoredJob(
        job, epoch, request, plan, snapshot, snapshotSequence, snapshotChunks, log, requested);
  }

  /**
   * @param epoch in which it was made: attempts of an earlier one belong to a plan that was never
   *     committed, and mean nothing
   * @param chunks pieces of its body
   * @param plannedAtMs when it was made
   */
  public record Plan(long epoch, List<StageSpec> stages, int chunks, long plannedAtMs) {
    /** Of a plan of version 1: as many as there are. */
    public static final int CHUNKS_UNKNOWN = -1;

    public Plan {
      stages = List.copyOf(stages);
    }
  }
}
