package io.mangonel.scheduler.store;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.RecordCodec;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.Incarnation;

/**
 * A job's header after its end: what is in the keyspaces of completed and of failed jobs.
 *
 * @param owner who ended it
 * @param plannedAtMs when its plan was made; 0 when it had none
 * @param tasks of all stages, and {@code doneTasks} of them; 0 when it had no plan
 */
record EndedJob(
    Incarnation owner,
    long epoch,
    TerminalRecord record,
    long plannedAtMs,
    int tasks,
    int doneTasks) {
  /** Since 2 it has the time of its plan, since 3 its tasks. */
  private static final int VERSION = 3;

  static EndedJob of(Incarnation owner, Change.JobEnded ended) {
    return new EndedJob(
        owner,
        ended.epoch(),
        ended.record(),
        ended.plannedAtMs(),
        ended.tasks(),
        ended.doneTasks());
  }

  Bytes encode() {
    return new RecordWriter()
        .number(VERSION)
        .text(owner.value())
        .number(epoch)
        .bytes(RecordCodec.encodeTerminalRecord(record))
        .number(plannedAtMs)
        .number(tasks)
        .number(doneTasks)
        .toBytes();
  }

  static EndedJob decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    int version = in.version("ended job", VERSION);
    var job =
        new EndedJob(
            new Incarnation(in.text()),
            in.number(),
            RecordCodec.decodeTerminalRecord(in.bytes()),
            version < 2 ? 0 : in.number(),
            version < 3 ? 0 : in.integer(),
            version < 3 ? 0 : in.integer());
    in.end();
    return job;
  }
}
