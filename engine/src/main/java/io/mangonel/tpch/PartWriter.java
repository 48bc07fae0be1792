package io.mangonel.tpch;

import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.duckdb.DuckDBConnection;

/** Writes one part of one table as one Parquet file, in the generator's order. */
final class PartWriter {
  /** Bound on the Arrow memory of one part: a few batches. */
  private static final long ARROW_BYTES_MAX = 64L << 20;

  private PartWriter() {}

  /**
   * @param part counted from 1
   * @return the rows written
   */
  static <E extends TpchEntity> long write(
      TpchTable<E> table, double scaleFactor, int part, int parts, Path file)
      throws IOException, SQLException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    // One thread for each: the parts are what runs in parallel, and rows keep their order.
    Properties settings = new Properties();
    settings.setProperty("threads", "1");
    try (BufferAllocator allocator = new RootAllocator(ARROW_BYTES_MAX);
        TableReader<E> reader = new TableReader<>(allocator, table, scaleFactor, part, parts);
        ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator);
        DuckDBConnection connection =
            DriverManager.getConnection("jdbc:duckdb:", settings).unwrap(DuckDBConnection.class);
        Statement statement = connection.createStatement()) {
      Data.exportArrayStream(allocator, reader, stream);
      connection.registerArrowStream("generated", stream);
      statement.execute(
          "COPY (FROM generated) TO '" + file.toString().replace("'", "''") + "' (FORMAT parquet)");
      return reader.rowsRead();
    }
  }
}
