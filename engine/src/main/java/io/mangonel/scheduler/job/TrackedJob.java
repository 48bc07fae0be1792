package io.mangonel.scheduler.job;

import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.JobId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A job as those who wait for it see it: accepted, planned, ended. Thread-safe. */
public final class TrackedJob {
  private final JobId id;
  private final JobRequest request;
  private final CompletableFuture<Acceptance> acceptance = new CompletableFuture<>();
  private final CompletableFuture<TerminalRecord> end = new CompletableFuture<>();

  private final CompletableFuture<PlannedQuery> planned = new CompletableFuture<>();
  private final CompletableFuture<Void> left = new CompletableFuture<>();

  private volatile @Nullable PlannedQuery plan;
  private volatile @Nullable String rejection;

  /** Whether the job was taken. */
  public sealed interface Acceptance {
    record Accepted() implements Acceptance {}

    record Refused(String message, boolean retryable) implements Acceptance {}

    /** This process ends; whether it was taken the store knows. */
    record Left() implements Acceptance {}

    /** Another submit under its idempotency key was first, and asks for the same. */
    record Exists(JobId existing) implements Acceptance {}
  }

  TrackedJob(JobId id, JobRequest request, @Nullable PlannedQuery plan) {
    this.id = id;
    this.request = request;
    this.plan = plan;
  }

  /** The statement is known not to be plannable. */
  public void rejected(String message) {
    rejection = message;
  }

  Optional<String> rejection() {
    return Optional.ofNullable(rejection);
  }

  /** Waits until it is planned or has ended; false when the time is over, or this process ends. */
  public boolean awaitPlan(long timeoutMs) {
    return await(CompletableFuture.anyOf(planned, end, left), timeoutMs)
        && (planned.isDone() || end.isDone());
  }

  /** Waits until its end is durable; false when the time is over, or this process ends. */
  public boolean awaitEnd(long timeoutMs) {
    return await(CompletableFuture.anyOf(end, left), timeoutMs) && end.isDone();
  }

  /** This process ends: nobody hears anything more of the job here. */
  void leave() {
    acceptance.complete(new Acceptance.Left());
    left.complete(null);
  }

  /** Whether this process ends, and had not heard of the job's end. */
  public boolean isLeft() {
    return left.isDone() && !end.isDone();
  }

  private static boolean await(CompletableFuture<?> one, long timeoutMs) {
    try {
      one.get(timeoutMs, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("nobody fails these", e);
    }
  }

  public JobId id() {
    return id;
  }

  public JobRequest request() {
    return request;
  }

  public CompletableFuture<Acceptance> acceptance() {
    return acceptance;
  }

  /** Completes when the end is durable. */
  public CompletableFuture<TerminalRecord> end() {
    return end;
  }

  /** The plan, when it is in memory. */
  Optional<PlannedQuery> plan() {
    return Optional.ofNullable(plan);
  }

  void plan(PlannedQuery value) {
    plan = value;
    planned.complete(value);
  }
}
