package io.mangonel.scheduler.store;

import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend.Operation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Deletes what is behind ended jobs: plan, log and snapshot when the core has forgotten the job;
 * record, request and idempotency key once enough newer jobs have ended; wishes to cancel what is
 * no longer there.
 */
public final class StoreSweep {
  private final StoredState state;
  private final FencedStore store;
  private final UnaryOperator<Set<JobId>> kept;
  private final Predicate<StoredState.Ended> mine;
  private final Consumer<JobId> forgotten;

  /** For a scheduler that is alone. */
  public StoreSweep(StoredState state, FencedStore store, UnaryOperator<Set<JobId>> kept) {
    this(state, store, kept, _ -> true, _ -> {});
  }

  /**
   * @param kept of these ended jobs, those whose details the core still keeps
   * @param mine whether an ended job is this scheduler's to keep
   * @param forgotten told of jobs whose details it has deleted
   */
  public StoreSweep(
      StoredState state,
      FencedStore store,
      UnaryOperator<Set<JobId>> kept,
      Predicate<StoredState.Ended> mine,
      Consumer<JobId> forgotten) {
    this.state = state;
    this.store = store;
    this.kept = kept;
    this.mine = mine;
    this.forgotten = forgotten;
  }

  /** Once; what it does not finish, the next one does. */
  public void run() {
    run(ShellLimits.HISTORY_JOBS_MAX);
  }

  /** As {@link #run}, with less history left: the store has little space (rule D10). */
  public void runPressed() {
    run(ShellLimits.HISTORY_JOBS_PRESSED_MAX);
  }

  /** Two threads may want it: the second finds little to do. */
  private synchronized void run(int historyMax) {
    Set<JobId> others = sweepDetails();
    sweepHistory(Keyspace.COMPLETED_JOBS, others, historyMax);
    sweepHistory(Keyspace.FAILED_JOBS, others, historyMax);
    sweepCancels();
  }

  /** Returns the jobs with details that other schedulers keep. */
  private Set<JobId> sweepDetails() {
    Set<JobId> ended = new HashSet<>();
    Set<JobId> others = new HashSet<>();
    for (StoredState.Ended job : state.endedWithDetails()) {
      (mine.test(job) ? ended : others).add(job.job());
    }
    ended.removeAll(kept.apply(Set.copyOf(ended)));
    ended.forEach(this::deleteDetails);
    ended.forEach(forgotten);
    return others;
  }

  private void deleteDetails(JobId job) {
    List<Operation> deletes = new ArrayList<>();
    for (String prefix :
        List.of(Keys.planPrefix(job), Keys.logPrefix(job), Keys.snapshotPrefix(job))) {
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

  private void sweepHistory(Keyspace keyspace, Set<JobId> others, int historyMax) {
    List<String> jobs = new ArrayList<>();
    state.forEachKey(keyspace, "", jobs::add);
    List<Operation> deletes = new ArrayList<>();
    Set<JobId> old = new HashSet<>();
    jobs.subList(0, Math.max(0, jobs.size() - historyMax)).forEach(key -> old.add(new JobId(key)));
    old.removeAll(others);
    old.removeAll(kept.apply(Set.copyOf(old))); // Their results can still be read.
    for (JobId job : old) {
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
      deletes.add(new Operation.Delete(Keyspace.CANCELS, job.value()));
      deletes.add(new Operation.Delete(keyspace, job.value()));
    }
    commit(deletes);
  }

  /** A mark may be written after the end of its job, and nobody reads it then. */
  private void sweepCancels() {
    Set<String> marks = new HashSet<>();
    state.forEachKey(Keyspace.CANCELS, "", marks::add);
    List<Operation> deletes =
        marks.stream()
            .filter(job -> !state.open(new JobId(job)))
            .<Operation>map(job -> new Operation.Delete(Keyspace.CANCELS, job))
            .toList();
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
