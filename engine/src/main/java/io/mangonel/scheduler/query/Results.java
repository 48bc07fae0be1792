package io.mangonel.scheduler.query;

import io.mangonel.core.owner.Event;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.record.TerminalRecord.ResultPart;
import io.mangonel.core.task.OutputFile;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.scheduler.job.PlannedQuery;
import io.mangonel.scheduler.job.TrackedJob;
import io.mangonel.scheduler.run.SchedulerRun;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** Rows of ended jobs. */
final class Results {
  private final SchedulerRun run;
  private final JobReports reports;

  Results(SchedulerRun run, JobReports reports) {
    this.run = run;
    this.reports = reports;
  }

  /** Waits for the end of the job, then opens its rows; empty when it has not ended by then. */
  Answer<Optional<ResultStream>> open(TrackedJob job, long timeoutMs) {
    run.clientJobs().lost().found(job.id());
    run.clientJobs().foreign().follow(job);
    if (job.awaitEnd(timeoutMs)) {
      return open(job, job.end().join()).then(rows -> new Answer.Ok<>(Optional.of(rows)));
    }
    return job.isLeft() || Thread.currentThread().isInterrupted()
        ? new Answer.Retryable<>("the scheduler stops")
        : new Answer.Ok<>(Optional.empty());
  }

  private Answer<ResultStream> open(TrackedJob job, TerminalRecord record) {
    return switch (record) {
      case TerminalRecord.Finished(List<ResultPart> parts, long _) -> rows(job, parts);
      case TerminalRecord.Failed(String message, boolean retryable, long _) ->
          retryable ? new Answer.Retryable<>(message) : new Answer.UserFault<>(message);
      case TerminalRecord.Cancelled(String reason, long _) ->
          new Answer.UserFault<>("job " + job.id() + " was cancelled: " + reason);
    };
  }

  private Answer<ResultStream> rows(TrackedJob job, List<ResultPart> parts) {
    Optional<PlannedQuery> plan = run.jobs().plan(job);
    if (plan.isEmpty()) {
      return new Answer.NotFound<>("the result of job " + job.id() + " is no longer kept");
    }
    if (plan.get().plan().analyze()) {
      return analyzed(job, plan.get());
    }
    // The root stage has one task, and a task writes its whole result in one piece.
    ResultPart part = parts.getFirst();
    List<ResultColumn> columns = plan.get().plan().columns();
    long rows = part.output().rows();
    if (!part.output().inline().isEmpty()) {
      byte[] arrow = part.output().inline().toByteArray();
      return read(job, columns, rows, new ByteArrayInputStream(arrow));
    }
    if (part.output().files().isEmpty()) {
      return new Answer.Retryable<>("the result was lost; run the statement again");
    }
    OutputFile file = part.output().files().getFirst();
    if (run.executors().address(part.executor()).isEmpty()) {
      return new Answer.Retryable<>(
          "executor " + part.executor() + ", which holds the result, is not there");
    }
    var arrow =
        new FetchedStream(
            run.client(), part.executor(), () -> run.executors().address(part.executor()), file);
    return read(job, columns, rows, arrow.start());
  }

  /** What the job's stages did, instead of the rows they gave. */
  private Answer<ResultStream> analyzed(TrackedJob job, PlannedQuery plan) {
    Optional<JobDetail> detail = reports.job(job.id());
    if (detail.isEmpty()) {
      return new Answer.Retryable<>("the scheduler is overloaded; try again later");
    }
    List<String> lines = AnalyzeText.of(plan.plan(), detail.get()).lines().toList();
    var arrow = new ByteArrayInputStream(TextRows.arrow(lines));
    return read(job, plan.plan().columns(), lines.size(), arrow);
  }

  /** From now until it is closed the result is kept (rule T15). */
  private Answer<ResultStream> read(
      TrackedJob job, List<ResultColumn> columns, long rows, InputStream arrow) {
    run.events().put(new Event.ReadingBegins(job.id()));
    Runnable elsewhere = run.shared() ? run.clientJobs().foreign().reading(job.id()) : () -> {};
    var pinned =
        new FilterInputStream(arrow) {
          private boolean closed;

          @Override
          public void close() throws IOException {
            if (!closed) {
              closed = true;
              run.events().put(new Event.ReadingEnds(job.id()));
              elsewhere.run();
            }
            super.close();
          }
        };
    return new Answer.Ok<>(new ResultStream(columns, rows, pinned));
  }
}
