package io.mangonel.scheduler.run;

import io.mangonel.core.owner.Effect;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.scheduler.cluster.Claims;
import io.mangonel.scheduler.cluster.Peers;
import io.mangonel.scheduler.cluster.StoreUpkeep;
import io.mangonel.scheduler.job.JobDirectory;
import io.mangonel.scheduler.job.Planning;
import io.mangonel.scheduler.job.TrackedJob;
import io.mangonel.scheduler.loop.Committer;
import io.mangonel.scheduler.loop.FencedException;
import io.mangonel.scheduler.peer.ExecutorCalls;
import io.mangonel.scheduler.peer.ExecutorDirectory;
import io.mangonel.scheduler.peer.StatusWaits;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Performs what the core decided. {@link #perform} never waits: whatever takes time runs on a
 * virtual thread of its own and reports to the queue.
 */
public final class Effects implements AutoCloseable {
  private final JobDirectory jobs;
  private final ExecutorDirectory executors;
  private final ExecutorCalls calls;
  private final StatusWaits statuses;
  private final Planning planning;
  private final Committer committer;
  private final Claims claims;
  private final Peers peers;
  private final StoreUpkeep upkeep;
  private final Consumer<Throwable> onFatal;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("effect-", 0).factory());

  /** What goes to the store, or to other schedulers on it. */
  record StoreSide(Committer committer, Claims claims, Peers peers, StoreUpkeep upkeep) {}

  Effects(
      JobDirectory jobs,
      ExecutorDirectory executors,
      ExecutorCalls calls,
      StatusWaits statuses,
      Planning planning,
      StoreSide store,
      Consumer<Throwable> onFatal) {
    this.jobs = jobs;
    this.executors = executors;
    this.calls = calls;
    this.statuses = statuses;
    this.planning = planning;
    this.committer = store.committer;
    this.claims = store.claims;
    this.peers = store.peers;
    this.upkeep = store.upkeep;
    this.onFatal = onFatal;
  }

  /** Called by the loop only. */
  void perform(Effect effect) {
    switch (effect) {
      case Effect.PlanJob plan -> run(() -> planning.planJob(plan));
      // The plan is ignored when it comes.
      case Effect.StopPlanning _ -> {}
      case Effect.ReserveSlots reserve -> run(() -> calls.reserveSlots(reserve));
      case Effect.CancelReservations cancel -> run(() -> calls.cancelReservations(cancel));
      case Effect.LaunchTasks launch -> run(() -> calls.launchTasks(launch));
      case Effect.CancelTasks cancel -> run(() -> calls.cancelTasks(cancel));
      case Effect.AdoptJobs adopt -> run(() -> calls.adoptJobs(adopt));
      case Effect.RemoveJobData remove -> run(() -> calls.removeJobData(remove));
      case Effect.AcknowledgeStatuses acknowledge -> {
        if (!statuses.acknowledge(acknowledge.attempts())) {
          run(() -> calls.acknowledgeStatuses(acknowledge));
        }
      }
      case Effect.ExecutorAccepted(var executor, var incarnation) ->
          executors.accepted(executor, incarnation);
      case Effect.AskToRegister(var executor, var incarnation) ->
          executors.unknown(executor, incarnation);
      case Effect.Announce announce -> run(() -> calls.announce(announce));
      case Effect.JobAccepted(var job) ->
          jobs.inMemory(job)
              .ifPresent(
                  tracked -> tracked.acceptance().complete(new TrackedJob.Acceptance.Accepted()));
      case Effect.JobRefused(var job, var message, boolean retryable) -> {
        var refused = new TrackedJob.Acceptance.Refused(message, retryable);
        jobs.inMemory(job).ifPresent(tracked -> tracked.acceptance().complete(refused));
        jobs.forget(job);
      }
      case Effect.JobExists(var job, var existing) -> {
        var exists = new TrackedJob.Acceptance.Exists(existing);
        jobs.inMemory(job).ifPresent(tracked -> tracked.acceptance().complete(exists));
        jobs.forget(job);
      }
      case Effect.JobFinished(var job, TerminalRecord.Finished record) -> jobs.end(job, record);
      case Effect.JobFailed(var job, TerminalRecord.Failed record) -> jobs.end(job, record);
      case Effect.JobCancelled(var job, TerminalRecord.Cancelled record) -> jobs.end(job, record);
      case Effect.ListOrphans _ -> claims.listOrphans();
      case Effect.ClaimJobs claim -> claims.claim(claim);
      case Effect.OfPeer(var wanted) -> peers.perform(wanted);
      case Effect.ReadFence _ -> committer.readFence();
      case Effect.TrimStore trim -> upkeep.trim(trim);
      case Effect.Fenced(String message) -> onFatal.accept(new FencedException(message));
    }
  }

  private void run(Runnable work) {
    threads.execute(
        () -> {
          try {
            work.run();
          } catch (RuntimeException | Error bug) {
            onFatal.accept(bug);
          }
        });
  }

  /** Interrupts calls under way. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
