package io.mangonel.cli.format;

import java.io.IOException;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Writes an answer, batch by batch. */
public sealed interface RowWriter permits TableWriter, CsvWriter, JsonWriter {
  /** Writes all rows of a batch. */
  void write(VectorSchemaRoot batch) throws IOException;

  /** Writes what comes after the last row. Called once, also when there was no row. */
  void end() throws IOException;
}
