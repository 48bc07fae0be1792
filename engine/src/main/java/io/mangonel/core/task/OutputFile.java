package io.mangonel.core.task;

import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;

/**
 * A finished file of a task attempt, on the executor that ran it.
 *
 * @param partition the consumer partition it holds, or {@link #ALL_PARTITIONS}
 * @param path relative to the executor's shuffle directory, with forward slashes
 */
public record OutputFile(int partition, String path, long rows, long bytes) {
  /** The file holds rows of every partition: a reader filters by the partition expression. */
  public static final int ALL_PARTITIONS = -1;

  public void write(RecordWriter out) {
    out.number(partition).text(path).number(rows).number(bytes);
  }

  public static OutputFile read(RecordReader in) {
    return new OutputFile(in.integer(), in.text(), in.number(), in.number());
  }
}
