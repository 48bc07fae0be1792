package io.mangonel.scheduler.store;

import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend.Operation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Deletes what is behind jobs that ended long ago: plan, log and snapshot after the retention, and
 * record and request once enough newer jobs have ended.
 */
public final class StoreSweep {
  private final StoredState state;
  private final FencedStore store;
  private final BiConsumer<JobId, Long> onSwept;

  /**
   * @param onSwept gets a job, and its last epoch, whose plan is about to go
   */
  public StoreSweep(StoredState state, FencedStore store, BiConsumer<JobId, Long> onSwept) {
    this.state = state;
    this.store = store;
    this.onSwept = onSwept;
  }

  /**
   * @param endedBeforeMs plans of jobs that ended before this go
   */
  public void run(long endedBeforeMs) {
    sweepPlans(endedBeforeMs);
    sweepHistory(Keyspace.COMPLETED_JOBS);
    sweepHistory(Keyspace.FAILED_JOBS);
  }

  private void sweepPlans(long endedBeforeMs) {
    Set<JobId> candidates = new HashSet<>();
    state.forEachKey(
        Keyspace.ACTIVE_JOBS, Keys.STAGES_PREFIX, key -> candidates.add(Keys.jobOfStages(key)));
    for (JobId job : candidates) {
      // Still active: no terminal record. Its details stay.
      Optional<StoredState.Ended> ended = state.ended(job);
      if (ended.isPresent() && ended.get().record().endedAtMs() < endedBeforeMs) {
        onSwept.accept(job, ended.get().epoch());
        deleteDetails(job);
      }
    }
  }

  private void deleteDetails(JobId job) {
    List<Operation> deletes = new ArrayList<>();
    for (String prefix : List.of(Keys.planPrefix(job), Keys.logPrefix(job))) {
      state.forEachKey(
          Keyspace.ACTIVE_JOBS,
          prefix,
          key -> deletes.add(new Operation.Delete(Keyspace.ACTIVE_JOBS, key)));
    }
    deletes.add(new Operation.Delete(Keyspace.ACTIVE_JOBS, Keys.snapshot(job)));
    // Last: while it is there, the next sweep finds what this one left.
    deletes.add(new Operation.Delete(Keyspace.ACTIVE_JOBS, Keys.stages(job)));
    commit(deletes);
  }

  private void sweepHistory(Keyspace keyspace) {
    List<String> jobs = new ArrayList<>();
    state.forEachKey(keyspace, "", jobs::add);
    List<Operation> deletes = new ArrayList<>();
    for (String key : jobs.subList(0, Math.max(0, jobs.size() - ShellLimits.HISTORY_JOBS_MAX))) {
      JobId job = new JobId(key);
      deleteDetails(job);
      state
          .request(job)
          .filter(request -> !request.idempotencyKey().isEmpty())
          .ifPresent(
              request ->
                  deletes.add(
                      new Operation.Delete(
                          Keyspace.SUBMITS,
                          Keys.submit(request.principal(), request.idempotencyKey()))));
      deletes.add(new Operation.Delete(Keyspace.QUEUED_JOBS, Keys.request(job)));
      deletes.add(new Operation.Delete(Keyspace.CANCELS, key));
      deletes.add(new Operation.Delete(keyspace, key));
    }
    commit(deletes);
  }

  /** Outcomes do not matter: the next sweep finds what is left. */
  private void commit(List<Operation> deletes) {
    for (int from = 0; from < deletes.size(); from += ShellLimits.SWEEP_OPERATIONS_MAX) {
      int to = Math.min(deletes.size(), from + ShellLimits.SWEEP_OPERATIONS_MAX);
      var _ = store.commitUncounted(deletes.subList(from, to));
    }
  }
}
