package io.mangonel.scheduler.store;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.suspicion.Lineage;
import io.mangonel.core.task.Incarnation;
import java.util.List;

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
    String address, long startedMs, long count, long leaseTtlMs, Lineage before) {
  /** Since 2 it has the lease's time, since 3 who it was before, since 4 all of these names. */
  private static final int VERSION = 4;

  Bytes encode() {
    return new RecordWriter()
        .number(VERSION)
        .text(address)
        .number(startedMs)
        .number(count)
        .number(leaseTtlMs)
        .list(before.names(), (out, name) -> out.text(name.value()))
        .list(before.off(), (out, name) -> out.text(name.value()))
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
            lineage(in, version));
    in.end();
    return scheduler;
  }

  private static Lineage lineage(RecordReader in, int version) {
    return switch (version) {
      case 1, 2 -> Lineage.NONE;
      case 3 -> new Lineage(nameOrNone(in.text()), nameOrNone(in.text()));
      default -> new Lineage(names(in), names(in));
    };
  }

  private static List<Incarnation> nameOrNone(String text) {
    return text.isEmpty() ? List.of() : List.of(new Incarnation(text));
  }

  private static List<Incarnation> names(RecordReader in) {
    return in.list(one -> new Incarnation(one.text()));
  }

  SchedulerRecord withCount(long value) {
    return new SchedulerRecord(address, startedMs, value, leaseTtlMs, before);
  }
}
