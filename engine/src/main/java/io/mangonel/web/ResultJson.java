package io.mangonel.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.rows.ArrowValues;
import io.mangonel.rows.Value;
import io.mangonel.rows.ValueText;
import io.mangonel.scheduler.query.ResultStream;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;

/**
 * Rows as JSON. Exact for every reader, also one whose numbers are doubles: NULL is null, BOOLEAN a
 * JSON boolean, and everything else a string in DuckDB's notation. The column's type tells what it
 * is.
 */
final class ResultJson {
  private ResultJson() {}

  static ArrayNode columns(List<ResultColumn> columns) {
    ArrayNode array = JobJson.array();
    columns.forEach(
        column -> array.addObject().put("name", column.name()).put("type", column.type()));
    return array;
  }

  /**
   * Rows {@code offset} to {@code offset + limit}, or fewer when they are large.
   *
   * @throws IOException when the executor that holds them is lost
   */
  static ObjectNode page(ResultStream result, long offset, int limit, BufferAllocator allocator)
      throws IOException {
    ObjectNode page = JobJson.object();
    page.set("columns", columns(result.columns()));
    ArrayNode rows = page.putArray("rows");
    var cut = new Cut();
    try (ArrowStreamReader reader = new ArrowStreamReader(result.arrow(), allocator)) {
      VectorSchemaRoot batch = reader.getVectorSchemaRoot();
      long before = 0;
      while (rows.size() < limit && !cut.full() && reader.loadNextBatch()) {
        int first = (int) Math.min(batch.getRowCount(), Math.max(0, offset - before));
        for (int row = first; row < batch.getRowCount() && rows.size() < limit; row++) {
          if (cut.full()) {
            break;
          }
          rows.add(row(batch.getFieldVectors(), row, cut));
        }
        before += batch.getRowCount();
      }
    }
    return page.put("offset", offset)
        .put("total_rows", result.rows())
        .put("values_cut", cut.values);
  }

  /** How much was written, and whether values were shortened. */
  private static final class Cut {
    private long characters;
    private boolean values;

    boolean full() {
      return characters > WebLimits.ROWS_BYTES_MAX;
    }

    String take(String text) {
      String taken = text;
      if (text.length() > WebLimits.VALUE_CHARS_MAX) {
        taken = text.substring(0, WebLimits.VALUE_CHARS_MAX);
        values = true;
      }
      characters += taken.length();
      return taken;
    }
  }

  private static ArrayNode row(List<FieldVector> vectors, int row, Cut cut) {
    ArrayNode values = JobJson.array();
    for (FieldVector vector : vectors) {
      add(values, ArrowValues.read(vector, row), cut);
    }
    return values;
  }

  private static void add(ArrayNode values, Value value, Cut cut) {
    switch (value) {
      case Value.Null() -> values.addNull();
      case Value.Bool(boolean truth) -> values.add(truth);
      case Value other -> values.add(cut.take(ValueText.text(other)));
    }
  }

  /** The rows of a statement that needed no job. */
  static JsonNode texts(List<List<String>> rows) {
    ArrayNode array = JobJson.array();
    for (List<String> row : rows) {
      ArrayNode values = array.addArray();
      row.forEach(values::add);
    }
    return array;
  }
}
