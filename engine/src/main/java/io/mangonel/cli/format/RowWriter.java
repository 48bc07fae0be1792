package io.mangonel.cli.format;

import java.io.IOException;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Writes an answer, batch by batch. */
public sealed interface RowWriter
    permits TableWriter, RecordWriter, CsvWriter, JsonWriter, MarkdownWriter {
  /** Writes all rows of a batch; none of those beyond the most that are shown. */
  void write(VectorSchemaRoot batch) throws IOException;

  /** Whether more rows would not be shown. */
  boolean isFull();

  /**
   * Writes what comes after the last row. Called once, also when there was no row.
   *
   * @param footer what there is to say about the answer
   */
  void end(Footer footer) throws IOException;

  /** As above, when all rows were written and there is nothing to say about how. */
  default void end() throws IOException {
    end(Footer.PLAIN);
  }
}
