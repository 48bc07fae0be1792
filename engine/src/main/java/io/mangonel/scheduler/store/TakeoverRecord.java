package io.mangonel.scheduler.store;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.task.Incarnation;

/**
 * What a scheduler took over last, for people.
 *
 * @param from whose jobs they were
 * @param jobs how many in that transaction
 * @param suspected whether the key was deleted by suspicion; else it was given back, or its lease
 *     ended
 */
public record TakeoverRecord(Incarnation from, long atMs, int jobs, boolean suspected) {
  /** Since 2 it says whether by suspicion. */
  private static final int VERSION = 2;

  Bytes encode() {
    return new RecordWriter()
        .number(VERSION)
        .text(from.value())
        .number(atMs)
        .number(jobs)
        .flag(suspected)
        .toBytes();
  }

  static TakeoverRecord decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    int version = in.version("takeover", VERSION);
    var takeover =
        new TakeoverRecord(
            new Incarnation(in.text()), in.number(), (int) in.number(), version > 1 && in.flag());
    in.end();
    return takeover;
  }
}
