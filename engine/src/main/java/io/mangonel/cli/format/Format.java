package io.mangonel.cli.format;

import java.io.PrintStream;
import java.io.Writer;
import org.apache.arrow.vector.types.pojo.Schema;

/** The formats of {@code --format}. The constants are what a user types. */
public enum Format {
  table,
  csv,
  json;

  /**
   * A writer of rows of {@code schema}. It flushes at its end and leaves {@code out} open.
   *
   * @param out UTF-8
   */
  public RowWriter writer(Schema schema, Writer out) {
    return switch (this) {
      case table -> new TableWriter(schema, out);
      case csv -> new CsvWriter(schema, out);
      case json -> new JsonWriter(schema, out);
    };
  }

  /** Buffered UTF-8 on {@code stream}. */
  public static Writer buffered(PrintStream stream) {
    return new java.io.BufferedWriter(
        new java.io.OutputStreamWriter(stream, java.nio.charset.StandardCharsets.UTF_8), 1 << 16);
  }
}
