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
 */
public record TakeoverRecord(Incarnation from, long atMs, int jobs) {
  private static final int VERSION = 1;

  Bytes encode() {
    return new RecordWriter()
        .number(VERSION)
        .text(from.value())
        .number(atMs)
        .number(jobs)
        .toBytes();
  }

  static TakeoverRecord decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    in.version("takeover", VERSION);
    var takeover = new TakeoverRecord(new Incarnation(in.text()), in.number(), (int) in.number());
    in.end();
    return takeover;
  }
}
