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
 */
public record SchedulerRecord(String address, long startedMs, long count) {
  private static final int VERSION = 1;

  Bytes encode() {
    return new RecordWriter()
        .number(VERSION)
        .text(address)
        .number(startedMs)
        .number(count)
        .toBytes();
  }

  static SchedulerRecord decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    in.version("scheduler", VERSION);
    var scheduler = new SchedulerRecord(in.text(), in.number(), in.number());
    in.end();
    return scheduler;
  }

  SchedulerRecord withCount(long value) {
    return new SchedulerRecord(address, startedMs, value);
  }
}
