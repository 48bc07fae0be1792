package io.mangonel.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What a scheduler answers about itself, for a person. The JSON is that of the REST interface. */
public final class AdminReports {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int SQL_SHOWN_MAX = 60;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  private AdminReports() {}

  /** One line per job. */
  public static String jobs(String json) {
    TextTable table = new TextTable("ID", "STATE", "SUBMITTED", "TIME", "ROWS", "SQL");
    for (JsonNode job : read(json)) {
      table.row(
          job.path("id").asText(),
          job.path("state").asText(),
          time(job.path("submitted_ms")),
          duration(job),
          job.path("rows").asText(),
          shortened(job.path("sql").asText()));
    }
    return table.toString();
  }

  /** One line per executor. */
  public static String executors(String json) {
    TextTable table =
        new TextTable("ID", "STATE", "ADDRESS", "SLOTS", "RUNNING", "LAST HEARTBEAT", "DUCKDB");
    for (JsonNode executor : read(json)) {
      table.row(
          executor.path("id").asText(),
          executor.path("state").asText(),
          executor.path("address").asText(),
          executor.path("slots").asText(),
          executor.path("running").asText(),
          executor.path("heartbeat_age_ms").asText() + " ms",
          executor.path("duckdb_version").asText());
    }
    return table.toString();
  }

  /** One line per scheduler. */
  public static String schedulers(String json) {
    TextTable table =
        new TextTable("ID", "ADDRESS", "STARTED", "LEASE", "JOBS", "LAST TAKEOVER", "COMMITS");
    for (JsonNode scheduler : read(json)) {
      table.row(
          scheduler.path("id").asText(),
          scheduler.path("address").asText(),
          time(scheduler.path("started_ms")),
          scheduler.path("lease_ms").asText() + " ms",
          scheduler.path("jobs").asText(),
          time(scheduler.path("takeover_ms")),
          scheduler.path("commits").asText());
    }
    return table.toString();
  }

  /** What came of a cancel: the job's state after it. */
  public static String cancelled(String id, String state) {
    return switch (state) {
      case "CANCELLED" -> "job " + id + " is CANCELLED";
      case "QUEUED", "RUNNING" -> "job " + id + " will be cancelled; it is still " + state;
      case "PUBLISHING" ->
          "job " + id + " goes on: what it wrote is PUBLISHING, which cannot be cancelled";
      default -> "job " + id + " had ended before: it is " + state;
    };
  }

  /** A job with its stages. */
  public static String job(String json) {
    JsonNode job = read(json);
    StringBuilder text = new StringBuilder();
    text.append("job        ").append(job.path("id").asText()).append('\n');
    text.append("state      ").append(job.path("state").asText()).append('\n');
    text.append("submitted  ").append(time(job.path("submitted_ms"))).append('\n');
    text.append("time       ").append(duration(job)).append('\n');
    text.append("rows       ").append(job.path("rows").asText()).append('\n');
    if (!job.path("error").isNull()) {
      text.append("error      ").append(job.path("error").asText()).append('\n');
    }
    if (!job.path("fallback").isNull()) {
      text.append("whole      runs as one task: ").append(job.path("fallback").asText());
      text.append('\n');
    }
    for (JsonNode owner : job.path("owners")) {
      text.append("owner      ").append(owner.path("scheduler").asText());
      text.append(" in epoch ").append(owner.path("epoch").asText());
      text.append(" since ").append(time(owner.path("since_ms"))).append('\n');
    }
    text.append("sql        ").append(job.path("sql").asText().strip()).append('\n');
    if (!job.path("stages").isEmpty()) {
      text.append('\n').append(stages(job.path("stages")));
    }
    return text.toString().stripTrailing();
  }

  /** One line per stage. */
  public static TextTable stages(JsonNode stages) {
    TextTable table =
        new TextTable(
            "STAGE", "TASKS", "DONE", "RUNNING", "FAILED", "ROWS", "KB", "READS", "RAN ON");
    for (JsonNode stage : stages) {
      table.row(
          stage.path("id").asText(),
          stage.path("tasks").asText(),
          stage.path("done").asText(),
          stage.path("running").asText(),
          stage.path("failed_attempts").asText(),
          stage.path("rows").asText(),
          String.valueOf((stage.path("bytes").asLong() + 1023) / 1024),
          inputs(stage.path("inputs")),
          ranOn(stage.path("by_task")));
    }
    return table;
  }

  /** Each executor with the number of tasks it ran. */
  private static String ranOn(JsonNode tasks) {
    return StreamSupport.stream(tasks.spliterator(), false)
        .filter(task -> !task.path("executor").isNull())
        .collect(
            Collectors.groupingBy(
                task -> task.path("executor").asText(),
                java.util.TreeMap::new,
                Collectors.counting()))
        .entrySet()
        .stream()
        .map(one -> one.getKey() + " x" + one.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String inputs(JsonNode inputs) {
    return StreamSupport.stream(inputs.spliterator(), false)
        .map(
            input ->
                input.path("stage").asText()
                    + " "
                    + input.path("kind").asText().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  /** The tree of an answer. */
  public static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the scheduler's answer is not JSON", e);
    }
  }

  private static String time(JsonNode ms) {
    return ms.isNull() ? "-" : TIME.format(Instant.ofEpochMilli(ms.asLong()));
  }

  private static String duration(JsonNode job) {
    JsonNode ended = job.path("ended_ms");
    return ended.isNull() ? "-" : ended.asLong() - job.path("submitted_ms").asLong() + " ms";
  }

  private static String shortened(String sql) {
    String line = sql.strip().replaceAll("\\s+", " ");
    return line.length() <= SQL_SHOWN_MAX ? line : line.substring(0, SQL_SHOWN_MAX - 3) + "...";
  }
}
