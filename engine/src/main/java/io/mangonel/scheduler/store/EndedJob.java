package io.mangonel.scheduler.store;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.record.RecordCodec;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.Incarnation;

/**
 * A job's header after its end: what is in the keyspaces of completed and of failed jobs.
 *
 * @param owner who ended it
 */
record EndedJob(Incarnation owner, long epoch, TerminalRecord record) {
  private static final int VERSION = 1;

  Bytes encode() {
    return new RecordWriter()
        .number(VERSION)
        .text(owner.value())
        .number(epoch)
        .bytes(RecordCodec.encodeTerminalRecord(record))
        .toBytes();
  }

  static EndedJob decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    in.version("ended job", VERSION);
    var job =
        new EndedJob(
            new Incarnation(in.text()), in.number(), RecordCodec.decodeTerminalRecord(in.bytes()));
    in.end();
    return job;
  }
}
