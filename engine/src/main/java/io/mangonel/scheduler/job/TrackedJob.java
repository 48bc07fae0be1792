package io.mangonel.scheduler.job;

import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.JobId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A job as those who wait for it see it: accepted, planned, ended. Thread-safe. */
public final class TrackedJob {
  private final JobId id;
  private final JobRequest request;
  private final CompletableFuture<Acceptance> acceptance = new CompletableFuture<>();
  private final CompletableFuture<TerminalRecord> end = new CompletableFuture<>();

  private volatile @Nullable PlannedQuery plan;

  /** Whether the job was taken. */
  public sealed interface Acceptance {
    record Accepted() implements Acceptance {}

    record Refused(String message, boolean retryable) implements Acceptance {}
  }

  TrackedJob(JobId id, JobRequest request, @Nullable PlannedQuery plan) {
    this.id = id;
    this.request = request;
    this.plan = plan;
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
  }
}
