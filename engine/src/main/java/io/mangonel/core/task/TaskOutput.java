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
 */
public record TaskOutput(List<OutputFile> files, Bytes inline, long rows, long bytes) {
  public TaskOutput {
    files = List.copyOf(files);
  }

  public void write(RecordWriter out) {
    out.list(files, (o, file) -> file.write(o)).bytes(inline).number(rows).number(bytes);
  }

  public static TaskOutput read(RecordReader in) {
    return new TaskOutput(in.list(OutputFile::read), in.bytes(), in.number(), in.number());
  }
}
