package io.mangonel.scheduler.query;

import io.mangonel.core.graph.StageEdge;
import io.mangonel.core.owner.JobView;
import io.mangonel.core.owner.JobView.StageView;
import io.mangonel.core.owner.JobView.TaskView;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.StoredJob;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.JobId;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.planner.stage.StageInput;
import io.mangonel.planner.stage.StagePlan;
import io.mangonel.scheduler.insight.JobHistories;
import io.mangonel.scheduler.insight.JobHistory;
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
            lines -> {
              Map<JobId, JobSummary> found = new LinkedHashMap<>();
              for (JobView.Line line : lines) {
                found.put(line.job(), summary(line));
              }
              for (StoredState.Ended ended : run.stored().history(limit)) {
                found.putIfAbsent(ended.job(), summary(ended));
              }
              if (run.shared()) {
                addForeign(found);
              }
              return found.values().stream()
                  .sorted(Comparator.comparing(JobSummary::id).reversed())
                  .limit(limit)
                  .toList();
            });
  }

  /** Those of other schedulers that have not ended. */
  private void addForeign(Map<JobId, JobSummary> found) {
    for (StoredState.Header header : run.stored().headers()) {
      if (!found.containsKey(header.job())) {
        run.stored()
            .request(header.job())
            .map(request -> summary(header, request))
            .ifPresent(foreign -> found.put(header.job(), foreign));
      }
    }
  }

  /** Of another scheduler's job; what its log says is left out: there may be many. */
  private static JobSummary summary(StoredState.Header header, JobRequest request) {
    JobState state = header.planned() ? JobState.RUNNING : JobState.QUEUED;
    return summary(header.job(), header.epoch(), request, state);
  }

  private static JobSummary summary(JobId job, long epoch, JobRequest request, JobState state) {
    return new JobSummary(
        job,
        state,
        request.sql(),
        request.principal(),
        request.submittedAtMs(),
        null,
        null,
        epoch,
        0,
        0,
        0,
        null);
  }

  /** Empty when nobody knows the job. */
  Optional<JobDetail> job(JobId id) {
    Optional<JobView> view = run.events().ask(core -> core.job(id)).flatMap(found -> found);
    if (view.isPresent()) {
      JobHistory.View history = run.histories().find(id).orElse(JobHistory.View.NONE);
      return Optional.of(detail(summary(view.get().line()), view.get().stages(), history));
    }
    Optional<JobDetail> ended = run.stored().ended(id).map(this::detail);
    return ended.isPresent() ? ended : foreign(id);
  }

  /** A job of another scheduler, as far as its commits tell. */
  private Optional<JobDetail> foreign(JobId id) {
    return switch (run.stored().claimable(id)) {
      case StoredState.Claim.Found(var found) -> Optional.of(foreign(found));
      // Ended meanwhile, or written by a newer version.
      case StoredState.Claim.Gone _, StoredState.Claim.Unreadable _ ->
          run.stored().ended(id).map(this::detail);
    };
  }

  private JobDetail foreign(StoredState.Claimable found) {
    StoredJob job = found.job();
    List<StageView> stages = JobView.stagesOf(job);
    List<TaskView> tasks = stages.stream().flatMap(stage -> stage.tasks().stream()).toList();
    StoredJob.Plan plan = job.plan();
    JobState state = found.planned() ? JobState.RUNNING : JobState.QUEUED;
    JobSummary summary =
        summary(
                job.job(),
                job.epoch(),
                job.request(),
                JobView.isPublishing(job) ? JobState.PUBLISHING : state)
            .running(
                startedMs(plan == null ? 0 : plan.plannedAtMs()),
                tasks.size(),
                (int) tasks.stream().filter(task -> task.state().equals("SUCCESSFUL")).count());
    var history = JobHistory.of(run.stored().log(job.job()), job.snapshot() == null);
    return detail(summary, stages, history.view());
  }

  private JobDetail detail(StoredState.Ended ended) {
    Optional<StoredJob> details = run.stored().details(ended);
    List<StageView> stages = details.map(JobView::stagesOf).orElse(List.of());
    return detail(
        summary(ended),
        stages,
        details.map(stored -> history(ended, stored)).orElse(JobHistory.View.NONE));
  }

  private JobHistory.View history(StoredState.Ended ended, StoredJob details) {
    return run.histories()
        .find(ended.job())
        .orElseGet(
            () ->
                JobHistories.ofEnded(
                    run.stored().log(ended.job()),
                    details.snapshot() == null,
                    ended.record().endedAtMs()));
  }

  private JobDetail detail(JobSummary summary, List<StageView> stages, JobHistory.View history) {
    Optional<PlannedQuery> plan = run.jobs().find(summary.id()).flatMap(run.jobs()::plan);
    if (plan.isEmpty()) {
      return new JobDetail(summary, List.of(), null, history);
    }
    QueryPlan query = plan.get().plan();
    return new JobDetail(summary, stages(query, stages), query.fallback(), history);
  }

  private JobSummary summary(JobView.Line line) {
    TerminalRecord end = line.end();
    return new JobSummary(
        line.job(),
        end == null ? state(line.phase()) : state(end),
        line.request().sql(),
        line.request().principal(),
        line.request().submittedAtMs(),
        startedMs(line.plannedAtMs()),
        end == null ? null : Long.valueOf(end.endedAtMs()),
        line.epoch(),
        line.tasks(),
        line.successfulTasks(),
        end == null ? 0 : rows(end),
        end == null ? null : error(end));
  }

  private static JobSummary summary(StoredState.Ended ended) {
    TerminalRecord end = ended.record();
    return new JobSummary(
        ended.job(),
        state(end),
        ended.request().sql(),
        ended.request().principal(),
        ended.request().submittedAtMs(),
        startedMs(ended.plannedAtMs()),
        end.endedAtMs(),
        ended.epoch(),
        ended.tasks(),
        ended.doneTasks(),
        rows(end),
        error(end));
  }

  private static @Nullable Long startedMs(long plannedAtMs) {
    return plannedAtMs == 0 ? null : Long.valueOf(plannedAtMs);
  }

  private static JobState state(JobView.Phase phase) {
    return switch (phase) {
      case PLANNING, QUEUED -> JobState.QUEUED;
      case PUBLISHING -> JobState.PUBLISHING;
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
      boolean viewed = stage.id() < views.size();
      List<TaskView> tasks = viewed ? views.get(stage.id()).tasks() : List.of();
      stages.add(
          new JobDetail.Stage(
              stage.id(),
              viewed ? views.get(stage.id()).attempt() : 0,
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
