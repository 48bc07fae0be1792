package io.mangonel.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.ExecutorSummary;
import io.mangonel.scheduler.query.JobDetail;
import io.mangonel.scheduler.query.JobSummary;
import io.mangonel.scheduler.query.QueryService;
import java.util.List;

/**
 * What those who run a cluster ask, as JSON texts: the same for the REST interface, the client door
 * and the command line. Names are those of the records with underscores; times are milliseconds
 * since 1970.
 */
public final class AdminApi {
  private static final int JOBS_LISTED_MAX = 1_000;
  private static final JsonMapper JSON = new JsonMapper();

  private final QueryService queries;

  public AdminApi(QueryService queries) {
    this.queries = queries;
  }

  /** An array, the newest job first. */
  public Answer<String> jobs() {
    return queries.jobs(JOBS_LISTED_MAX).then(jobs -> text(array(jobs)));
  }

  /** An object: the summary, {@code fallback} and {@code stages}. */
  public Answer<String> job(String id) {
    return jobId(id).then(queries::job).then(job -> text(detail(job)));
  }

  /** Asks for the end of a job; answers its summary as it is now. */
  public Answer<String> cancel(String id) {
    return jobId(id).then(queries::cancel).then(job -> text(summary(job)));
  }

  /** An array, by id. */
  public Answer<String> executors() {
    return queries.executors().then(executors -> text(executorArray(executors)));
  }

  private static Answer<JobId> jobId(String id) {
    return id.isBlank()
        ? new Answer.UserFault<>("the job id is missing")
        : new Answer.Ok<>(new JobId(id.strip()));
  }

  private static ArrayNode array(List<JobSummary> jobs) {
    ArrayNode array = JSON.createArrayNode();
    jobs.forEach(job -> array.add(summary(job)));
    return array;
  }

  private static ObjectNode summary(JobSummary job) {
    return JSON.createObjectNode()
        .put("id", job.id().value())
        .put("state", job.state().name())
        .put("principal", job.principal())
        .put("submitted_ms", job.submittedMs())
        .put("started_ms", job.startedMs())
        .put("ended_ms", job.endedMs())
        .put("rows", job.rows())
        .put("error", job.error())
        .put("sql", job.sql());
  }

  private static ObjectNode detail(JobDetail job) {
    ObjectNode node = summary(job.summary()).put("fallback", job.fallback());
    ArrayNode stages = node.putArray("stages");
    for (JobDetail.Stage stage : job.stages()) {
      ObjectNode one =
          stages
              .addObject()
              .put("id", stage.id())
              .put("tasks", stage.tasks())
              .put("done", stage.done())
              .put("running", stage.running())
              .put("failed_attempts", stage.failedAttempts())
              .put("rows", stage.rows())
              .put("bytes", stage.bytes())
              .put("deterministic", stage.deterministic());
      ArrayNode inputs = one.putArray("inputs");
      stage
          .inputs()
          .forEach(
              edge ->
                  inputs.addObject().put("stage", edge.producer()).put("kind", edge.kind().name()));
      ArrayNode tasks = one.putArray("by_task");
      stage.byTask().forEach(task -> tasks.add(task(task)));
      one.put("sql", stage.sql());
    }
    return node;
  }

  private static ObjectNode task(JobDetail.Task task) {
    return JSON.createObjectNode()
        .put("partition", task.partition())
        .put("state", task.state())
        .put("executor", task.executor() == null ? null : task.executor().value())
        .put("failed_attempts", task.failedAttempts())
        .put("rows", task.rows())
        .put("bytes", task.bytes());
  }

  private static ArrayNode executorArray(List<ExecutorSummary> executors) {
    ArrayNode array = JSON.createArrayNode();
    for (ExecutorSummary executor : executors) {
      array
          .addObject()
          .put("id", executor.id().value())
          .put("incarnation", executor.incarnation().value())
          .put("address", executor.address())
          .put("slots", executor.slots())
          .put("running", executor.running())
          .put("state", executor.state())
          .put("heartbeat_age_ms", executor.heartbeatAgeMs())
          .put("duckdb_version", executor.duckdbVersion());
    }
    return array;
  }

  private static Answer<String> text(com.fasterxml.jackson.databind.JsonNode node) {
    try {
      return new Answer.Ok<>(JSON.writeValueAsString(node));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write JSON to memory", e);
    }
  }
}
