package io.mangonel.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.QueryService;

/**
 * What those who run a cluster ask, as JSON texts, for the client door and the command line. The
 * REST interface shows jobs and executors in the same form.
 */
public final class AdminApi {
  private static final int JOBS_LISTED_MAX = 1_000;

  private final QueryService queries;

  public AdminApi(QueryService queries) {
    this.queries = queries;
  }

  /** An array, the newest job first. */
  public Answer<String> jobs() {
    return queries
        .jobs(JOBS_LISTED_MAX)
        .then(
            jobs -> {
              ArrayNode array = JobJson.array();
              jobs.forEach(job -> array.add(JobJson.summary(job)));
              return text(array);
            });
  }

  /** An object: the summary, {@code fallback}, {@code stages}, {@code owners}, {@code attempts}. */
  public Answer<String> job(String id) {
    return jobId(id).then(queries::job).then(job -> text(JobJson.detail(job)));
  }

  /** Asks for the end of a job; answers its summary as it is now. */
  public Answer<String> cancel(String id) {
    return jobId(id).then(queries::cancel).then(job -> text(JobJson.summary(job)));
  }

  /** An array, by id. */
  public Answer<String> executors() {
    return queries.executors().then(executors -> text(JobJson.executors(executors)));
  }

  /** An array, by id. */
  public Answer<String> schedulers() {
    return queries.schedulers().then(schedulers -> text(JobJson.schedulers(schedulers)));
  }

  /** An object: {@code time_ms}, this scheduler's clock. */
  public Answer<String> about() {
    return text(JsonNodeFactory.instance.objectNode().put("time_ms", System.currentTimeMillis()));
  }

  static Answer<JobId> jobId(String id) {
    return id.isBlank()
        ? new Answer.UserFault<>("the job id is missing")
        : new Answer.Ok<>(new JobId(id.strip()));
  }

  private static Answer<String> text(JsonNode node) {
    return new Answer.Ok<>(node.toString());
  }
}
