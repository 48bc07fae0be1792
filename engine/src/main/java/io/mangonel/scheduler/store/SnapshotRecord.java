package io.mangonel.scheduler.store;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import org.jspecify.annotations.Nullable;

/**
 * Which snapshot of a job counts.
 *
 * @param sequence the log entry it reaches to
 * @param chunks the pieces it is stored in
 * @param inline the graph, in a record of version 1; else null
 */
record SnapshotRecord(long sequence, int chunks, @Nullable Bytes inline) {
  /** Since 2 the graph is beside it, in pieces. */
  private static final int VERSION = 2;

  Bytes encode() {
    return new RecordWriter().number(VERSION).number(sequence).number(chunks).toBytes();
  }

  static SnapshotRecord decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    int version = in.version("snapshot", VERSION);
    long sequence = in.number();
    SnapshotRecord snapshot =
        version < 2
            ? new SnapshotRecord(sequence, 0, in.bytes())
            : new SnapshotRecord(sequence, in.integer(), null);
    in.end();
    return snapshot;
  }
}
