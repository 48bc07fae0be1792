package io.mangonel.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.ExecutorSummary;
import io.mangonel.scheduler.query.JobState;
import io.mangonel.scheduler.query.JobSummary;
import io.mangonel.scheduler.query.QueryService;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the page shows, for programs too; {@code openapi.json} describes it. Reading is answered
 * from {@link Snapshots}.
 */
final class RestApi {
  private static final String ROOT = "/api/";
  private static final String GET = "GET";
  private static final String POST = "POST";

  private final QueryService queries;
  private final StatementApi statements;
  private final Snapshots snapshots = new Snapshots();

  RestApi(QueryService queries, StatementApi statements) {
    this.queries = queries;
    this.statements = statements;
  }

  /** Empty when there is no such path. */
  Optional<HttpReply> answer(HttpQuestion question) throws IOException {
    if (!question.path().startsWith(ROOT)) {
      return Optional.empty();
    }
    List<String> path = List.of(question.path().substring(ROOT.length()).split("/", -1));
    String first = path.getFirst();
    if (first.equals("jobs") && path.size() > 1) {
      return job(question, path.subList(1, path.size()));
    }
    if (path.size() > 1) {
      return Optional.empty();
    }
    return switch (first) {
      case "jobs" -> Optional.of(reading(question, () -> HttpReply.of(jobs(question))));
      case "executors" -> Optional.of(reading(question, () -> HttpReply.of(executors())));
      case "schedulers" ->
          Optional.of(
              reading(
                  question,
                  () ->
                      HttpReply.of(
                          snapshots
                              .get("schedulers", queries::schedulers)
                              .then(found -> ok("schedulers", JobJson.schedulers(found))))));
      case "cluster" -> Optional.of(reading(question, () -> HttpReply.of(cluster())));
      case "statements" -> Optional.of(writing(question, () -> statements.submit(question)));
      default -> Optional.empty();
    };
  }

  private Optional<HttpReply> job(HttpQuestion question, List<String> path) throws IOException {
    String id = path.getFirst();
    if (path.size() == 1) {
      return Optional.of(
          reading(
              question,
              () ->
                  HttpReply.of(
                      AdminApi.jobId(id)
                          .then(job -> snapshots.get("job/" + id, () -> queries.job(job)))
                          .then(job -> new Answer.Ok<>(JobJson.detail(job))))));
    }
    if (path.size() > 2) {
      return Optional.empty();
    }
    return switch (path.get(1)) {
      case "cancel" -> Optional.of(writing(question, () -> HttpReply.of(cancel(id))));
      case "result" -> Optional.of(reading(question, () -> statements.result(id, question)));
      default -> Optional.empty();
    };
  }

  /** What answers a request. */
  private interface Part {
    HttpReply reply() throws IOException;
  }

  private static HttpReply reading(HttpQuestion question, Part part) throws IOException {
    return question.reads() ? part.reply() : HttpReply.notAllowed(question.method(), GET);
  }

  private static HttpReply writing(HttpQuestion question, Part part) throws IOException {
    return question.method().equals(POST)
        ? part.reply()
        : HttpReply.notAllowed(question.method(), POST);
  }

  private static Answer<JsonNode> ok(String name, JsonNode value) {
    return new Answer.Ok<>(JobJson.object().set(name, value));
  }

  private Answer<JsonNode> cancel(String id) {
    Answer<JsonNode> answer =
        AdminApi.jobId(id).then(queries::cancel).then(job -> new Answer.Ok<>(JobJson.summary(job)));
    snapshots.forget("job/" + id);
    snapshots.forget("jobs");
    return answer;
  }

  private Answer<List<ExecutorSummary>> executorList() {
    return snapshots.get("executors", queries::executors);
  }

  private Answer<JsonNode> executors() {
    return executorList().then(found -> ok("executors", JobJson.executors(found)));
  }

  /** Whether work can be done: an executor is alive. */
  boolean ready() {
    return executorList() instanceof Answer.Ok<List<ExecutorSummary>>(var executors)
        && executors.stream().anyMatch(executor -> executor.state().equals("alive"));
  }

  private Answer<JsonNode> cluster() {
    return executorList()
        .then(
            executors ->
                jobList()
                    .then(
                        jobs -> {
                          ObjectNode node = JobJson.object();
                          node.put("duckdb_version", queries.engineVersion());
                          node.put("executors", executors.size());
                          node.put(
                              "slots", executors.stream().mapToInt(ExecutorSummary::slots).sum());
                          node.put(
                              "running_tasks",
                              executors.stream().mapToInt(ExecutorSummary::running).sum());
                          ObjectNode counts = node.putObject("jobs");
                          for (JobState state : JobState.values()) {
                            counts.put(
                                state.name(),
                                jobs.stream().filter(job -> job.state() == state).count());
                          }
                          return new Answer.Ok<>(node);
                        }));
  }

  private Answer<List<JobSummary>> jobList() {
    return snapshots.get("jobs", () -> queries.jobs(WebLimits.JOBS_SEARCHED_MAX));
  }

  /** The newest jobs first, those that fit the filter, one page of them. */
  private Answer<JsonNode> jobs(HttpQuestion question) {
    return question
        .number("offset", 0, WebLimits.JOBS_SEARCHED_MAX)
        .then(
            offset ->
                question
                    .number("limit", WebLimits.JOBS_PAGE, WebLimits.JOBS_PAGE_MAX)
                    .then(
                        limit ->
                            states(question.parameter("state", ""))
                                .then(
                                    states ->
                                        jobList()
                                            .then(
                                                jobs ->
                                                    page(
                                                        fitting(jobs, states, question),
                                                        offset.intValue(),
                                                        limit.intValue())))));
  }

  private static Answer<List<JobState>> states(String text) {
    if (text.isEmpty()) {
      return new Answer.Ok<>(List.of(JobState.values()));
    }
    List<String> known = Arrays.stream(JobState.values()).map(Enum::name).toList();
    List<String> asked = List.of(text.toUpperCase(Locale.ROOT).split(",", -1));
    return known.containsAll(asked)
        ? new Answer.Ok<>(asked.stream().map(JobState::valueOf).toList())
        : new Answer.UserFault<>("state must be some of " + String.join(", ", known));
  }

  private static List<JobSummary> fitting(
      List<JobSummary> jobs, List<JobState> states, HttpQuestion question) {
    String words = question.parameter("search", "").strip().toLowerCase(Locale.ROOT);
    return jobs.stream()
        .filter(job -> states.contains(job.state()))
        .filter(job -> words.isEmpty() || contains(job, words))
        .collect(Collectors.toList());
  }

  private static boolean contains(JobSummary job, String words) {
    String error = job.error();
    return job.id().value().contains(words)
        || job.principal().toLowerCase(Locale.ROOT).contains(words)
        || job.sql().toLowerCase(Locale.ROOT).contains(words)
        || (error != null && error.toLowerCase(Locale.ROOT).contains(words));
  }

  private static Answer<JsonNode> page(List<JobSummary> jobs, int offset, int limit) {
    ObjectNode node = JobJson.object();
    ArrayNode shown = node.putArray("jobs");
    jobs.stream()
        .skip(offset)
        .limit(limit)
        .forEach(
            job -> {
              ObjectNode line = JobJson.summary(job);
              boolean cut = job.sql().length() > WebLimits.SQL_LISTED_MAX;
              line.put("sql", cut ? job.sql().substring(0, WebLimits.SQL_LISTED_MAX) : job.sql());
              shown.add(line.put("sql_cut", cut));
            });
    return new Answer.Ok<>(node.put("offset", offset).put("total", jobs.size()));
  }
}
