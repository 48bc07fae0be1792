package io.mangonel.scheduler.query;

import io.mangonel.core.graph.StageEdge;
import io.mangonel.core.owner.JobView;
import io.mangonel.core.owner.JobView.StageView;
import io.mangonel.core.owner.JobView.TaskView;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.JobId;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.planner.stage.StageInput;
import io.mangonel.planner.stage.StagePlan;
import io.mangonel.scheduler.job.PlannedQuery;
import io.mangonel.scheduler.run.SchedulerRun;
import io.mangonel.scheduler.store.StoredState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Jobs as people see them: of the core while it knows them, else of the store. */
final class JobReports {
  private final SchedulerRun run;

  JobReports(SchedulerRun run) {
    this.run = run;
  }

  /** Newest first; empty when the loop does not answer. */
  Optional<List<JobSummary>> newest(int limit) {
    return run.events()
        .ask(core -> core.jobs())
        .map(
            views -> {
              Map<JobId, JobSummary> found = new LinkedHashMap<>();
              for (JobView view : views) {
                found.put(view.job(), summary(view));
              }
              for (StoredState.Ended ended : run.stored().history(limit)) {
                found.putIfAbsent(ended.job(), summary(ended));
              }
              return found.values().stream()
                  .sorted(Comparator.comparing(JobSummary::id).reversed())
                  .limit(limit)
                  .toList();
            });
  }

  /** Empty when nobody knows the job. */
  Optional<JobDetail> job(JobId id) {
    Optional<JobView> view = run.events().ask(core -> core.job(id)).flatMap(found -> found);
    Optional<StoredState.Ended> ended =
        view.isPresent() ? Optional.empty() : run.stored().ended(id);
    Optional<JobSummary> summary = view.map(this::summary).or(() -> ended.map(this::summary));
    return summary.map(
        line -> {
          Optional<PlannedQuery> plan = run.jobs().find(id).flatMap(run.jobs()::plan);
          if (plan.isEmpty()) {
            return new JobDetail(line, List.of(), null);
          }
          QueryPlan query = plan.get().plan();
          List<StageView> stages =
              view.map(JobView::stages)
                  .or(() -> ended.flatMap(run.stored()::details).map(JobView::stagesOf))
                  .orElse(List.of());
          return new JobDetail(line, stages(query, stages), query.fallback());
        });
  }

  private JobSummary summary(JobView view) {
    return summary(view.job(), view.request(), view.plannedAtMs(), view.end(), state(view.phase()));
  }

  private JobSummary summary(StoredState.Ended ended) {
    return summary(
        ended.job(), ended.request(), ended.plannedAtMs(), ended.record(), JobState.RUNNING);
  }

  /**
   * @param alive its state while it has no record
   */
  private JobSummary summary(
      JobId id,
      JobRequest request,
      long plannedAtMs,
      @Nullable TerminalRecord record,
      JobState alive) {
    Long startedMs = plannedAtMs == 0 ? null : Long.valueOf(plannedAtMs);
    if (record == null) {
      return new JobSummary(
          id,
          alive,
          request.sql(),
          request.principal(),
          request.submittedAtMs(),
          startedMs,
          null,
          0,
          null);
    }
    return new JobSummary(
        id,
        state(record),
        request.sql(),
        request.principal(),
        request.submittedAtMs(),
        startedMs,
        record.endedAtMs(),
        rows(record),
        error(record));
  }

  private static JobState state(JobView.Phase phase) {
    return switch (phase) {
      case PLANNING -> JobState.QUEUED;
      // An end that is not durable yet is not told.
      case RUNNING, FINISHED, FAILED, CANCELLED -> JobState.RUNNING;
    };
  }

  private static JobState state(TerminalRecord record) {
    return switch (record) {
      case TerminalRecord.Finished _ -> JobState.COMPLETED;
      case TerminalRecord.Failed _ -> JobState.FAILED;
      case TerminalRecord.Cancelled _ -> JobState.CANCELLED;
    };
  }

  private static long rows(TerminalRecord record) {
    return record instanceof TerminalRecord.Finished finished
        ? finished.result().stream().mapToLong(part -> part.output().rows()).sum()
        : 0;
  }

  private static @Nullable String error(TerminalRecord record) {
    return switch (record) {
      case TerminalRecord.Finished _ -> null;
      case TerminalRecord.Failed(String message, boolean _, long _) -> message;
      case TerminalRecord.Cancelled(String reason, long _) -> reason;
    };
  }

  private static List<JobDetail.Stage> stages(QueryPlan plan, List<StageView> views) {
    List<JobDetail.Stage> stages = new ArrayList<>();
    for (StagePlan stage : plan.stages()) {
      List<TaskView> tasks = stage.id() < views.size() ? views.get(stage.id()).tasks() : List.of();
      stages.add(
          new JobDetail.Stage(
              stage.id(),
              stage.tasks(),
              (int) tasks.stream().filter(task -> task.state().equals("SUCCESSFUL")).count(),
              (int) tasks.stream().filter(task -> task.state().equals("RUNNING")).count(),
              tasks.stream().mapToInt(TaskView::failures).sum(),
              tasks.stream().mapToLong(TaskView::rows).sum(),
              tasks.stream().mapToLong(TaskView::bytes).sum(),
              stage.deterministic(),
              stage.sql(),
              edges(stage),
              tasks.stream().map(JobReports::task).toList()));
    }
    return stages;
  }

  private static List<StageEdge> edges(StagePlan stage) {
    return stage.inputs().stream()
        .filter(StageInput.Exchange.class::isInstance)
        .map(StageInput.Exchange.class::cast)
        .map(exchange -> new StageEdge(exchange.stage(), exchange.kind()))
        .distinct()
        .toList();
  }

  private static JobDetail.Task task(TaskView view) {
    String state =
        switch (view.state()) {
          case "SUCCESSFUL" -> "done";
          case "RUNNING" -> "running";
          default -> "waiting";
        };
    return new JobDetail.Task(
        view.partition(), state, view.executor(), view.failures(), view.rows(), view.bytes());
  }
}
