package io.mangonel.core.task;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import java.util.List;

/**
 * What a successful attempt produced.
 *
 * @param files finished files, none for an empty output or an inline result
 * @param inline an Arrow IPC stream with the whole result of a root task when it is small (rule
 *     D9); empty otherwise
 * @param spilledBytes the most that DuckDB had on disk while the attempt ran, for all tasks on its
 *     executor; 0 when nobody asked for it
 */
public record TaskOutput(
    List<OutputFile> files, Bytes inline, long rows, long bytes, long spilledBytes) {
  /** Records of before this format version do not tell what was spilled. */
  private static final int SPILLED_SINCE = 4;

  public TaskOutput {
    files = List.copyOf(files);
  }

  /** Of an attempt that nobody asked what it spilled. */
  public TaskOutput(List<OutputFile> files, Bytes inline, long rows, long bytes) {
    this(files, inline, rows, bytes, 0);
  }

  public TaskOutput withoutInline() {
    return new TaskOutput(files, Bytes.EMPTY, rows, bytes, spilledBytes);
  }

  public void write(RecordWriter out) {
    out.list(files, (o, file) -> file.write(o)).bytes(inline).number(rows);
    out.number(bytes).number(spilledBytes);
  }

  public static TaskOutput read(RecordReader in) {
    return new TaskOutput(
        in.list(OutputFile::read),
        in.bytes(),
        in.number(),
        in.number(),
        in.version() >= SPILLED_SINCE ? in.number() : 0);
  }
}
