package io.mangonel.cli.format;

import java.io.Writer;
import org.apache.arrow.vector.types.pojo.Schema;

/** The formats of {@code --format}. The constants are what a user types. */
public enum Format {
  table,
  csv,
  json,
  ndjson,
  markdown;

  /**
   * A writer of rows of {@code schema}. It flushes at its end and leaves {@code out} open.
   *
   * @param out UTF-8
   * @param layout for those formats that are for people
   */
  public RowWriter writer(Schema schema, Writer out, TableLayout layout) {
    return switch (this) {
      case table ->
          layout.expanded()
              ? new RecordWriter(schema, out, layout)
              : new TableWriter(schema, out, layout);
      case csv -> new CsvWriter(schema, out);
      case json -> new JsonWriter(schema, out, JsonWriter.Shape.ARRAY);
      case ndjson -> new JsonWriter(schema, out, JsonWriter.Shape.LINES);
      case markdown -> new MarkdownWriter(schema, out);
    };
  }

  /** As above, for output that is kept: whole, without colours. */
  public RowWriter writer(Schema schema, Writer out) {
    return writer(schema, out, TableLayout.WHOLE);
  }

  /** Buffered UTF-8 on {@code stream}. */
  public static Writer buffered(java.io.OutputStream stream) {
    return new java.io.BufferedWriter(
        new java.io.OutputStreamWriter(stream, java.nio.charset.StandardCharsets.UTF_8), 1 << 16);
  }
}
