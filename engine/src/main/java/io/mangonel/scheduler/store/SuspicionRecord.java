package io.mangonel.scheduler.store;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.task.Incarnation;

/**
 * Behind the incarnation of a scheduler whose key was deleted by suspicion.
 *
 * @param by whose suspicion it was
 */
public record SuspicionRecord(Incarnation by) {
  private static final int VERSION = 1;

  Bytes encode() {
    return new RecordWriter().number(VERSION).text(by.value()).toBytes();
  }

  static SuspicionRecord decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    in.version("suspicion", VERSION);
    var suspicion = new SuspicionRecord(new Incarnation(in.text()));
    in.end();
    return suspicion;
  }
}
