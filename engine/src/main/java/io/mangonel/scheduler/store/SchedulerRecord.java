package io.mangonel.scheduler.store;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;

/**
 * A scheduler's key: membership, liveness and fence in one (rule D1).
 *
 * @param address host:port of its gRPC server
 * @param startedMs milliseconds since 1970
 * @param count commits done
 * @param leaseTtlMs how long its key outlives its last sign of life; 0 when it did not say
 */
public record SchedulerRecord(String address, long startedMs, long count, long leaseTtlMs) {
  /** Since 2 it has the lease's time. */
  private static final int VERSION = 2;

  Bytes encode() {
    return new RecordWriter()
        .number(VERSION)
        .text(address)
        .number(startedMs)
        .number(count)
        .number(leaseTtlMs)
        .toBytes();
  }

  static SchedulerRecord decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    int version = in.version("scheduler", VERSION);
    var scheduler =
        new SchedulerRecord(in.text(), in.number(), in.number(), version < 2 ? 0 : in.number());
    in.end();
    return scheduler;
  }

  SchedulerRecord withCount(long value) {
    return new SchedulerRecord(address, startedMs, value, leaseTtlMs);
  }
}
