package io.mangonel.scheduler.job;

import io.mangonel.core.task.JobId;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;

/**
 * Fresh job ids, {@code 20260131-235959-123-9f3c2a41}: ids of one scheduler sort by time, so that
 * the newest jobs are the last keys of the store. The random end keeps those of several apart.
 */
public final class JobIds {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);
  private static final int RANDOM_BYTES = 4;

  private final SecureRandom random = new SecureRandom();

  public JobId next(long nowMs) {
    byte[] end = new byte[RANDOM_BYTES];
    random.nextBytes(end);
    return new JobId(
        TIME.format(Instant.ofEpochMilli(nowMs)) + "-" + HexFormat.of().formatHex(end));
  }
}
