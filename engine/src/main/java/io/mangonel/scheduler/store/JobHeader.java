package io.mangonel.scheduler.store;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.task.Incarnation;

/** Who schedules a job that has not ended. */
record JobHeader(Incarnation owner, long epoch) {
  private static final int VERSION = 1;

  Bytes encode() {
    return new RecordWriter().number(VERSION).text(owner.value()).number(epoch).toBytes();
  }

  static JobHeader decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    in.version("job header", VERSION);
    var header = new JobHeader(new Incarnation(in.text()), in.number());
    in.end();
    return header;
  }
}
