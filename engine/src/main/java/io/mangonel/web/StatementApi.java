package io.mangonel.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.JobDetail;
import io.mangonel.scheduler.query.JobState;
import io.mangonel.scheduler.query.QueryService;
import io.mangonel.scheduler.query.ResultStream;
import io.mangonel.scheduler.query.StatementRequest;
import io.mangonel.scheduler.query.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeMap;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

/** Statements over HTTP: start one, read its rows a page at a time. */
final class StatementApi implements AutoCloseable {
  private static final String ANONYMOUS = "anonymous";
  private static final String SETTINGS = "settings";
  private static final Set<String> FIELDS = Set.of("sql", "session", "idempotency_key", SETTINGS);

  private final QueryService queries;
  private final Path directory;
  private final BufferAllocator allocator = new RootAllocator(WebLimits.ARROW_BYTES_MAX);

  /**
   * @param directory what relative paths of a statement are relative to
   */
  StatementApi(QueryService queries, Path directory) {
    this.queries = queries;
    this.directory = directory;
  }

  /** Plans a statement and starts it; the answer names the job, or has the rows already. */
  HttpReply submit(HttpQuestion question) throws IOException {
    return HttpReply.of(
        question.body().then(this::request).then(queries::submit).then(StatementApi::json));
  }

  private Answer<StatementRequest> request(JsonNode body) {
    for (String name : (Iterable<String>) body::fieldNames) {
      if (!FIELDS.contains(name)) {
        return new Answer.UserFault<>(
            "unknown field '"
                + name
                + "': there are sql, session,"
                + " idempotency_key and settings");
      }
    }
    if (!body.path("sql").isTextual() || body.path("sql").asText().isBlank()) {
      return new Answer.UserFault<>("sql must be one statement");
    }
    var settings = new TreeMap<String, String>();
    for (var entry : body.path(SETTINGS).properties()) {
      if (!entry.getValue().isTextual()) {
        return new Answer.UserFault<>("the setting " + entry.getKey() + " must be a string");
      }
      settings.put(entry.getKey(), entry.getValue().asText());
    }
    if (settings.size() > WebLimits.SETTINGS_MAX) {
      return new Answer.UserFault<>("at most " + WebLimits.SETTINGS_MAX + " settings");
    }
    return new Answer.Ok<>(
        new StatementRequest(
            body.path("sql").asText(),
            ANONYMOUS,
            text(body, "session"),
            text(body, "idempotency_key"),
            directory.toString(),
            settings));
  }

  private static @Nullable String text(JsonNode body, String name) {
    JsonNode value = body.path(name);
    return value.isTextual() && !value.asText().isEmpty() ? value.asText() : null;
  }

  private static Answer<JsonNode> json(Submission submission) {
    ObjectNode node = JobJson.object();
    node.set("columns", ResultJson.columns(submission.columns()));
    switch (submission) {
      case Submission.Job job -> node.put("job", job.id().value()).putNull("rows");
      case Submission.Immediate immediate ->
          node.putNull("job").set("rows", ResultJson.texts(immediate.rows()));
    }
    return new Answer.Ok<>(node);
  }

  /** A page of a job's rows; while it runs, {@code 202} and its state. */
  HttpReply result(String id, HttpQuestion question) throws IOException {
    return switch (Page.of(question)) {
      case Answer.Ok<Page>(Page page) -> result(new JobId(id), page);
      case Answer.UserFault<Page>(String message) ->
          HttpReply.error(HttpReply.BAD_REQUEST, message);
      case Answer.Retryable<Page> _, Answer.Leaving<Page> _, Answer.NotFound<Page> _ ->
          throw new IllegalStateException("reading numbers waits for nothing");
    };
  }

  /** Which rows, and how long to wait for them. */
  private record Page(long offset, int limit, long waitMs) {
    static Answer<Page> of(HttpQuestion question) {
      return question
          .number("offset", 0, WebLimits.ROWS_OFFSET_MAX)
          .then(
              offset ->
                  question
                      .number("limit", WebLimits.ROWS_PAGE, WebLimits.ROWS_PAGE_MAX)
                      .then(
                          limit ->
                              question
                                  .number("wait_ms", 0, WebLimits.RESULT_WAIT_MAX_MS)
                                  .then(
                                      waitMs ->
                                          new Answer.Ok<>(
                                              new Page(offset, limit.intValue(), waitMs)))));
    }
  }

  private HttpReply result(JobId job, Page page) throws IOException {
    Answer<ResultStream> opened = queries.openResult(job, page.waitMs());
    if (opened instanceof Answer.Ok<ResultStream>(ResultStream result)) {
      try (result) {
        return HttpReply.json(
            HttpReply.OK, ResultJson.page(result, page.offset(), page.limit(), allocator));
      } catch (OutOfMemoryException e) {
        return HttpReply.error(
            HttpReply.UNAVAILABLE, "too many large results are read at a time; try again later");
      } catch (IOException e) {
        return HttpReply.error(HttpReply.UNAVAILABLE, String.valueOf(e.getMessage()));
      }
    }
    if (opened instanceof Answer.Retryable
        && queries.job(job) instanceof Answer.Ok<JobDetail>(JobDetail detail)
        && runs(detail.summary().state())) {
      return HttpReply.json(HttpReply.ACCEPTED, JobJson.summary(detail.summary()));
    }
    return HttpReply.of(opened.then(_ -> new Answer.Retryable<JsonNode>("it is there by now")));
  }

  private static boolean runs(JobState state) {
    return switch (state) {
      case QUEUED, RUNNING, PUBLISHING -> true;
      case COMPLETED, FAILED, CANCELLED -> false;
    };
  }

  @Override
  public void close() {
    allocator.close();
  }
}
