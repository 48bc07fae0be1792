package io.mangonel.web;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mangonel.core.graph.StageEdge;
import io.mangonel.scheduler.insight.AttemptLine;
import io.mangonel.scheduler.insight.JobHistory;
import io.mangonel.scheduler.query.ExecutorSummary;
import io.mangonel.scheduler.query.JobDetail;
import io.mangonel.scheduler.query.JobSummary;
import io.mangonel.scheduler.query.SchedulerSummary;
import java.util.List;

/**
 * Jobs, executors and schedulers as JSON. Names are those of the records with underscores; times
 * are milliseconds since 1970.
 */
final class JobJson {
  private static final JsonMapper JSON = new JsonMapper();

  private JobJson() {}

  static ArrayNode array() {
    return JSON.createArrayNode();
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  static ObjectNode summary(JobSummary job) {
    return object()
        .put("id", job.id().value())
        .put("state", job.state().name())
        .put("principal", job.principal())
        .put("submitted_ms", job.submittedMs())
        .put("started_ms", job.startedMs())
        .put("ended_ms", job.endedMs())
        .put("epoch", job.epoch())
        .put("tasks", job.tasks())
        .put("done_tasks", job.doneTasks())
        .put("rows", job.rows())
        .put("error", job.error())
        .put("sql", job.sql());
  }

  static ObjectNode detail(JobDetail job) {
    ObjectNode node = summary(job.summary()).put("fallback", job.fallback());
    ArrayNode stages = node.putArray("stages");
    job.stages().forEach(stage -> stages.add(stage(stage)));
    JobHistory.View history = job.history();
    ArrayNode owners = node.putArray("owners");
    history
        .owners()
        .forEach(
            owner ->
                owners
                    .addObject()
                    .put("epoch", owner.epoch())
                    .put("scheduler", owner.scheduler())
                    .put("since_ms", owner.sinceMs()));
    List<AttemptLine> all = history.attempts();
    int cut = Math.max(0, all.size() - WebLimits.ATTEMPTS_SHOWN_MAX);
    ArrayNode attempts = node.putArray("attempts");
    all.subList(cut, all.size()).forEach(line -> attempts.add(attempt(line)));
    return node.put("history_complete", history.complete() && cut == 0);
  }

  private static ObjectNode stage(JobDetail.Stage stage) {
    ObjectNode node =
        object()
            .put("id", stage.id())
            .put("attempt", stage.attempt())
            .put("tasks", stage.tasks())
            .put("done", stage.done())
            .put("running", stage.running())
            .put("failed_attempts", stage.failedAttempts())
            .put("rows", stage.rows())
            .put("bytes", stage.bytes())
            .put("deterministic", stage.deterministic());
    ArrayNode inputs = node.putArray("inputs");
    for (StageEdge edge : stage.inputs()) {
      inputs.addObject().put("stage", edge.producer()).put("kind", edge.kind().name());
    }
    ArrayNode tasks = node.putArray("by_task");
    stage.byTask().forEach(task -> tasks.add(task(task)));
    return node.put("sql", stage.sql());
  }

  private static ObjectNode task(JobDetail.Task task) {
    return object()
        .put("partition", task.partition())
        .put("state", task.state())
        .put("executor", task.executor() == null ? null : task.executor().value())
        .put("failed_attempts", task.failedAttempts())
        .put("rows", task.rows())
        .put("bytes", task.bytes());
  }

  private static ObjectNode attempt(AttemptLine line) {
    return object()
        .put("stage", line.id().stage())
        .put("stage_attempt", line.id().stageAttempt())
        .put("partition", line.id().partition())
        .put("attempt", line.id().attempt())
        .put("launch_epoch", line.id().launchEpoch())
        .put("launcher", line.id().launcher().value())
        .put("executor", line.executor().value())
        .put("started_ms", known(line.startedMs()))
        .put("ended_ms", line.endedMs() == null ? null : known(line.endedMs()))
        .put("outcome", line.outcome())
        .put("message", line.message())
        .put("rows", line.rows())
        .put("bytes", line.bytes());
  }

  private static @org.jspecify.annotations.Nullable Long known(long ms) {
    return ms == 0 ? null : Long.valueOf(ms);
  }

  static ArrayNode executors(List<ExecutorSummary> executors) {
    ArrayNode array = array();
    for (ExecutorSummary executor : executors) {
      array
          .addObject()
          .put("id", executor.id().value())
          .put("incarnation", executor.incarnation().value())
          .put("address", executor.address())
          .put("slots", executor.slots())
          .put("threads", executor.threads())
          .put("memory_bytes", executor.memoryBytes())
          .put("running", executor.running())
          .put("state", executor.state())
          .put("heartbeat_age_ms", executor.heartbeatAgeMs())
          .put("duckdb_version", executor.duckdbVersion());
    }
    return array;
  }

  static ArrayNode schedulers(List<SchedulerSummary> schedulers) {
    ArrayNode array = array();
    for (SchedulerSummary scheduler : schedulers) {
      array
          .addObject()
          .put("id", scheduler.incarnation().value())
          .put("address", scheduler.address())
          .put("started_ms", scheduler.startedMs())
          .put("commits", scheduler.commits())
          .put("lease_ms", scheduler.leaseTtlMs())
          .put("jobs", scheduler.jobs())
          .put("takeover_ms", scheduler.takeoverMs())
          .put("self", scheduler.self());
    }
    return array;
  }
}
