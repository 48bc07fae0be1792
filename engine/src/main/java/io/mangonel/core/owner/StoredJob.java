package io.mangonel.core.owner;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.graph.JobId;
import io.mangonel.core.graph.StageSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job that has not ended, as the store has it.
 *
 * @param epoch of its header
 * @param stages of its plan, or null when no plan was committed
 * @param snapshot its latest snapshot, or null
 * @param snapshotSequence the entry the snapshot reaches to; 0 without a snapshot
 * @param log all later entries, in order, without gaps: each entry's transitions
 */
public record StoredJob(
    JobId job,
    long epoch,
    JobRequest request,
    @Nullable List<StageSpec> stages,
    @Nullable Bytes snapshot,
    long snapshotSequence,
    List<List<GraphTransition>> log) {
  public StoredJob {
    stages = stages == null ? null : List.copyOf(stages);
    log = log.stream().map(List::copyOf).toList();
  }
}
