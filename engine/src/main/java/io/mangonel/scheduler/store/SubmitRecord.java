package io.mangonel.scheduler.store;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.task.JobId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a client submitted under an idempotency key (rule D6).
 *
 * @param requestHash SHA-256, in hexadecimal, of what must be the same when it is sent again
 * @param submittedMs milliseconds since 1970
 */
public record SubmitRecord(JobId job, String requestHash, long submittedMs) {
  private static final int VERSION = 1;

  static SubmitRecord of(JobId job, JobRequest request) {
    return new SubmitRecord(job, hash(request), request.submittedAtMs());
  }

  Bytes encode() {
    return new RecordWriter()
        .number(VERSION)
        .text(job.value())
        .text(requestHash)
        .number(submittedMs)
        .toBytes();
  }

  static SubmitRecord decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    in.version("submit", VERSION);
    var submit = new SubmitRecord(new JobId(in.text()), in.text(), in.number());
    in.end();
    return submit;
  }

  /** Whether {@code request} is the one that was submitted. */
  public boolean isOf(JobRequest request) {
    return requestHash.equals(hash(request));
  }

  /** Of what must be the same when a statement is sent again. */
  public static String hash(JobRequest request) {
    var text = new StringBuilder(request.sql()).append('\0').append(request.workingDirectory());
    request.settings().forEach((name, value) -> text.append('\0').append(name + '=' + value));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
