package io.mangonel.core.task;

import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;

/**
 * A finished file of a task attempt, on the executor that ran it.
 *
 * @param partition the consumer partition it holds, or {@link #ALL_PARTITIONS}
 * @param path relative to the executor's shuffle directory, with forward slashes
 * @param checksum CRC-32C of its bytes, or {@link #NO_CHECKSUM}
 */
public record OutputFile(int partition, String path, long rows, long bytes, long checksum) {
  /** Records of before format version 2 have none; such a file is not checked. */
  public static final long NO_CHECKSUM = -1;

  /** The file holds rows of every partition: a reader filters by the partition expression. */
  public static final int ALL_PARTITIONS = -1;

  public void write(RecordWriter out) {
    out.number(partition).text(path).number(rows).number(bytes).number(checksum);
  }

  public static OutputFile read(RecordReader in) {
    return new OutputFile(
        in.integer(),
        in.text(),
        in.number(),
        in.number(),
        in.version() >= 2 ? in.number() : NO_CHECKSUM);
  }
}
