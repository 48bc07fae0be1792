package io.mangonel.scheduler.query;

import io.mangonel.core.graph.JobId;
import io.mangonel.planner.PlanRequest.ViewDefinition;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import java.util.List;

/**
 * All that a client can ask of a scheduler, without a protocol. Thread-safe; calls block, each for
 * a bounded time, so they belong on virtual threads. A user's error is an {@link Answer}, never an
 * exception.
 */
public final class QueryService {
  /**
   * The columns of the statement's answer, without running it: for prepared statements. Empty for a
   * statement that only changes something.
   */
  public Answer<List<ResultColumn>> describe(StatementRequest request) {
    return new Answer.Retryable<>("not ready");
  }

  /**
   * Plans a statement and starts it. The answer comes when the plan is made, not when the job ends.
   * Without an executor it waits for one for a bounded time, then it is {@link Answer.Retryable}.
   */
  public Answer<Submission> submit(StatementRequest request) {
    return new Answer.Retryable<>("not ready");
  }

  /**
   * Waits for the end of the job and opens its rows. A failed or cancelled job is a {@link
   * Answer.UserFault} or {@link Answer.Retryable} with the job's message.
   *
   * @param timeoutMs how long to wait for the end; after that {@link Answer.Retryable}, and the job
   *     goes on
   */
  public Answer<ResultStream> openResult(JobId job, long timeoutMs) {
    return new Answer.Retryable<>("not ready");
  }

  /** Asks for the end of a job (rule D7): the job's state tells what came of it. */
  public Answer<JobSummary> cancel(JobId job) {
    return new Answer.Retryable<>("not ready");
  }

  /** The newest jobs first, running and ended. */
  public Answer<List<JobSummary>> jobs(int limit) {
    return new Answer.Retryable<>("not ready");
  }

  public Answer<JobDetail> job(JobId job) {
    return new Answer.Retryable<>("not ready");
  }

  /** By id. */
  public Answer<List<ExecutorSummary>> executors() {
    return new Answer.Retryable<>("not ready");
  }

  /** The catalogue's views, in order of creation. */
  public Answer<List<ViewDefinition>> views() {
    return new Answer.Retryable<>("not ready");
  }
}
