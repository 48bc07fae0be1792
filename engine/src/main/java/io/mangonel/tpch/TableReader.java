package io.mangonel.tpch;

import io.trino.tpch.TpchColumn;
import io.trino.tpch.TpchColumnType;
import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** One part of a TPC-H table as Arrow batches, made while they are read: memory stays constant. */
final class TableReader<E extends TpchEntity> extends ArrowReader {
  /** Rows of a batch: a multiple of DuckDB's vector of 2,048. */
  private static final int BATCH_ROWS_MAX = 8_192;

  /** TPC-H's decimal columns: money and percentages with two digits. */
  private static final int DECIMAL_PRECISION = 15;

  private static final int DECIMAL_SCALE = 2;

  private final List<TpchColumn<E>> columns;
  private final Iterator<E> rows;
  private long rowsRead;

  /**
   * @param part counted from 1, as the generator does
   */
  TableReader(
      BufferAllocator allocator, TpchTable<E> table, double scaleFactor, int part, int parts) {
    super(allocator);
    columns = table.getColumns();
    rows = table.createGenerator(scaleFactor, part, parts).iterator();
  }

  long rowsRead() {
    return rowsRead;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    prepareLoadNextBatch();
    VectorSchemaRoot root = getVectorSchemaRoot();
    int row = 0;
    while (row < BATCH_ROWS_MAX && rows.hasNext()) {
      E entity = rows.next();
      for (int i = 0; i < columns.size(); i++) {
        write(root.getVector(i), row, columns.get(i), entity);
      }
      row++;
    }
    root.setRowCount(row);
    rowsRead += row;
    return row > 0;
  }

  private static <E extends TpchEntity> void write(
      FieldVector vector, int row, TpchColumn<E> column, E entity) {
    switch (vector) {
      case BigIntVector numbers -> numbers.setSafe(row, column.getIdentifier(entity));
      case IntVector numbers -> numbers.setSafe(row, column.getInteger(entity));
      case DateDayVector days -> days.setSafe(row, column.getDate(entity));
      // The generator holds hundredths and divides: rounding gives them back exactly.
      case DecimalVector decimals ->
          decimals.setSafe(row, Math.round(column.getDouble(entity) * 100));
      case VarCharVector texts ->
          texts.setSafe(row, column.getString(entity).getBytes(StandardCharsets.UTF_8));
      default -> throw new IllegalStateException("no writer for " + vector.getField());
    }
  }

  @Override
  public long bytesRead() {
    return 0;
  }

  @Override
  protected void closeReadSource() {}

  @Override
  protected Schema readSchema() {
    return new Schema(
        columns.stream()
            .map(column -> Field.nullable(column.getColumnName(), type(column.getType())))
            .toList());
  }

  private static ArrowType type(TpchColumnType type) {
    return switch (type.getBase()) {
      case IDENTIFIER -> new ArrowType.Int(64, true);
      case INTEGER -> new ArrowType.Int(32, true);
      case DATE -> new ArrowType.Date(DateUnit.DAY);
      case DOUBLE -> new ArrowType.Decimal(DECIMAL_PRECISION, DECIMAL_SCALE, 128);
      case VARCHAR -> new ArrowType.Utf8();
    };
  }
}
