package io.mangonel.scheduler.store;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.task.Incarnation;
import java.util.Optional;

/**
 * A scheduler's key: membership, liveness and fence in one (rule D1).
 *
 * @param address host:port of its gRPC server
 * @param startedMs milliseconds since 1970
 * @param count commits done
 * @param leaseTtlMs how long its key outlives its last sign of life; 0 when it did not say
 * @param before whose process it was before it lost its key, if anybody's (rule T2)
 */
public record SchedulerRecord(
    String address, long startedMs, long count, long leaseTtlMs, Optional<Before> before) {
  /** Since 2 it has the lease's time, since 3 who it was before. */
  private static final int VERSION = 3;

  /**
   * An incarnation that lost its key while it lived.
   *
   * @param suspectedBy who deleted that key, if suspicion did
   */
  public record Before(Incarnation scheduler, Optional<Incarnation> suspectedBy) {}

  Bytes encode() {
    return new RecordWriter()
        .number(VERSION)
        .text(address)
        .number(startedMs)
        .number(count)
        .number(leaseTtlMs)
        .text(before.map(was -> was.scheduler.value()).orElse(""))
        .text(before.flatMap(Before::suspectedBy).map(Incarnation::value).orElse(""))
        .toBytes();
  }

  static SchedulerRecord decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    int version = in.version("scheduler", VERSION);
    var scheduler =
        new SchedulerRecord(
            in.text(),
            in.number(),
            in.number(),
            version < 2 ? 0 : in.number(),
            version < 3 ? Optional.empty() : before(in.text(), in.text()));
    in.end();
    return scheduler;
  }

  private static Optional<Before> before(String scheduler, String suspectedBy) {
    return name(scheduler).map(was -> new Before(was, name(suspectedBy)));
  }

  private static Optional<Incarnation> name(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(new Incarnation(text));
  }

  SchedulerRecord withCount(long value) {
    return new SchedulerRecord(address, startedMs, value, leaseTtlMs, before);
  }
}
