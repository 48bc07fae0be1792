package io.mangonel.scheduler.store;

import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend.CommitOutcome;
import io.mangonel.state.StateBackend.Operation;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private static final List<Keyspace> ENDED =
      List.of(Keyspace.COMPLETED_JOBS, Keyspace.FAILED_JOBS);

  private final StoredState state;
  private final FencedStore store;
  private final UnaryOperator<Set<JobId>> kept;
  private final Predicate<StoredState.LastOwner> mine;
  private final Consumer<JobId> forgotten;

  /** Of ended jobs with details: read once, for jobs are many. */
  private final Map<JobId, StoredState.LastOwner> owners = new HashMap<>();

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
      Predicate<StoredState.LastOwner> mine,
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
    Map<Keyspace, List<JobId>> ended = new EnumMap<>(Keyspace.class);
    for (Keyspace keyspace : ENDED) {
      List<JobId> jobs = new ArrayList<>();
      state.forEachKey(keyspace, "", key -> jobs.add(new JobId(key)));
      ended.put(keyspace, jobs);
    }
    // After that: of jobs that have ended nothing more is written.
    Map<JobId, List<String>> details = details();
    Set<JobId> others = sweepDetails(ended, details);
    ended.forEach(
        (keyspace, jobs) -> {
          int over = Math.max(0, jobs.size() - historyMax);
          Set<JobId> old = new LinkedHashSet<>(jobs.subList(0, over));
          old.removeAll(others);
          old.removeAll(kept.apply(Set.copyOf(old))); // Their results can still be read.
          sweepHistory(keyspace, old, details);
        });
    sweepCancels();
  }

  /** The keys of plans, logs and snapshots; one that a sweep left over shows that again. */
  private Map<JobId, List<String>> details() {
    Map<JobId, List<String>> details = new HashMap<>();
    state.forEachKey(
        Keyspace.ACTIVE_JOBS,
        "",
        key ->
            Keys.jobOfDetail(key)
                .ifPresent(job -> details.computeIfAbsent(job, _ -> new ArrayList<>()).add(key)));
    return details;
  }

  /** Returns the jobs with details that other schedulers keep. */
  private Set<JobId> sweepDetails(
      Map<Keyspace, List<JobId>> ended, Map<JobId, List<String>> details) {
    Map<JobId, Keyspace> found = new HashMap<>();
    ended.forEach(
        (keyspace, jobs) ->
            jobs.stream().filter(details::containsKey).forEach(job -> found.put(job, keyspace)));
    owners.keySet().retainAll(found.keySet());
    Set<JobId> unkept = new HashSet<>();
    Set<JobId> others = new HashSet<>();
    found.forEach(
        (job, keyspace) ->
            lastOwner(keyspace, job).ifPresent(one -> (mine.test(one) ? unkept : others).add(job)));
    // After all were looked at: some became ours just now, and what is others' hangs on no answer.
    unkept.removeAll(kept.apply(Set.copyOf(unkept)));
    boolean _ = commit(deletesOfDetails(unkept, details));
    unkept.forEach(forgotten);
    return others;
  }

  private Optional<StoredState.LastOwner> lastOwner(Keyspace keyspace, JobId job) {
    StoredState.LastOwner known = owners.get(job);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<StoredState.LastOwner> read = state.lastOwner(keyspace, job);
    read.ifPresent(owner -> owners.put(job, owner));
    return read;
  }

  private static List<Operation> deletesOfDetails(
      Set<JobId> jobs, Map<JobId, List<String>> details) {
    return jobs.stream()
        .flatMap(job -> details.getOrDefault(job, List.of()).stream())
        .<Operation>map(key -> new Operation.Delete(Keyspace.ACTIVE_JOBS, key))
        .toList();
  }

  /**
   * All that is left of these; their records only when the rest is gone, for nobody finds it then.
   */
  private void sweepHistory(Keyspace keyspace, Set<JobId> old, Map<JobId, List<String>> details) {
    if (old.isEmpty() || !commit(deletesOfDetails(old, details))) {
      return;
    }
    Map<JobId, String> submits = state.submitKeys(old);
    List<Operation> deletes = new ArrayList<>();
    for (JobId job : old) {
      String submit = submits.get(job);
      if (submit != null) {
        deletes.add(new Operation.Delete(Keyspace.SUBMITS, submit));
      }
      deletes.add(new Operation.Delete(Keyspace.QUEUED_JOBS, Keys.request(job)));
      deletes.add(new Operation.Delete(Keyspace.CANCELS, job.value()));
      deletes.add(new Operation.Delete(keyspace, job.value()));
    }
    boolean _ = commit(deletes);
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
    boolean _ = commit(deletes);
  }

  /** Whether all of it was done; the next sweep finds what is left. */
  private boolean commit(List<Operation> deletes) {
    boolean done = true;
    for (int from = 0; from < deletes.size(); from += ShellLimits.SWEEP_OPERATIONS_MAX) {
      int to = Math.min(deletes.size(), from + ShellLimits.SWEEP_OPERATIONS_MAX);
      done &= store.commitUncounted(deletes.subList(from, to)) instanceof CommitOutcome.Done;
    }
    return done;
  }
}
