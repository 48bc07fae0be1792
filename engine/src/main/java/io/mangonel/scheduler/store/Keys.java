package io.mangonel.scheduler.store;

import io.mangonel.core.task.JobId;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Every key the scheduler uses inside its keyspaces; docs/state.md says what is behind each.
 * Numbers are padded, so that the order of keys is theirs.
 */
final class Keys {
  /** Of {@code QUEUED_JOBS} and {@code ACTIVE_JOBS}: owner and epoch. */
  static final String HEADER_PREFIX = "header/";

  static final String REQUEST_PREFIX = "request/";
  static final String STAGES_PREFIX = "stages/";
  static final String LOG_PREFIX = "log/";

  /** Which snapshot counts, and the pieces of all. */
  static final String SNAPSHOT_PREFIX = "snapshot/";

  private static final String PLAN_PREFIX = "plan/";
  private static final List<String> DETAIL_PREFIXES =
      List.of(LOG_PREFIX, PLAN_PREFIX, SNAPSHOT_PREFIX, STAGES_PREFIX);

  private Keys() {}

  static String header(JobId job) {
    return HEADER_PREFIX + job;
  }

  static JobId jobOfRequest(String key) {
    return new JobId(key.substring(REQUEST_PREFIX.length()));
  }

  static JobId jobOfHeader(String key) {
    return new JobId(key.substring(HEADER_PREFIX.length()));
  }

  /** Of {@code QUEUED_JOBS}: the request, which stays there after the header moved on. */
  static String request(JobId job) {
    return REQUEST_PREFIX + job;
  }

  /** The rest is of {@code ACTIVE_JOBS}. */
  static String stages(JobId job) {
    return STAGES_PREFIX + job;
  }

  static JobId jobOfStages(String key) {
    return new JobId(key.substring(STAGES_PREFIX.length()));
  }

  static String planPrefix(JobId job) {
    return PLAN_PREFIX + job + "/";
  }

  /** Whose plan, log or snapshot is behind this key; empty for anything else. */
  static Optional<JobId> jobOfDetail(String key) {
    return DETAIL_PREFIXES.stream()
        .filter(key::startsWith)
        .findFirst()
        .map(prefix -> key.substring(prefix.length()).split("/", 2)[0])
        .map(JobId::new);
  }

  static String planChunk(JobId job, int index) {
    return planPrefix(job) + "%06d".formatted(index);
  }

  static String logPrefix(JobId job) {
    return LOG_PREFIX + job + "/";
  }

  static String log(JobId job, long sequence) {
    return logPrefix(job) + "%012d".formatted(sequence);
  }

  static String snapshot(JobId job) {
    return SNAPSHOT_PREFIX + job;
  }

  static String snapshotPrefix(JobId job) {
    return snapshot(job) + "/";
  }

  static String snapshotChunk(JobId job, long sequence, int index) {
    return snapshotPrefix(job) + "%012d/%06d".formatted(sequence, index);
  }

  /** Of {@code SUBMITS}. Both halves come from clients. */
  static String submit(String principal, String idempotencyKey) {
    return escape(principal) + "/" + escape(idempotencyKey);
  }

  private static String escape(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
