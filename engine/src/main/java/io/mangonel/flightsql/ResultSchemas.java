package io.mangonel.flightsql;

import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import java.io.IOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;

/**
 * The Arrow schema of an answer, known before there is a row: DuckDB exports an empty relation of
 * the same types. Every field is nullable and has no metadata. Timestamps with a time zone are in
 * UTC: the instant is the same, whatever the session's zone.
 */
final class ResultSchemas implements AutoCloseable {
  private static final String TIME_ZONE = "UTC";

  private final BufferAllocator allocator;
  private final DuckDBConnection connection;
  private final Map<String, Field> byType =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Field> eldest) {
          return size() > Limits.CACHED_TYPES_MAX;
        }
      };

  ResultSchemas(BufferAllocator allocator) {
    this.allocator = allocator;
    try {
      connection = DriverManager.getConnection("jdbc:duckdb:").unwrap(DuckDBConnection.class);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET threads = 1");
      }
    } catch (SQLException e) {
      throw new IllegalStateException("cannot open the DuckDB that knows Arrow types", e);
    }
  }

  Schema of(List<ResultColumn> columns) {
    List<Field> fields = new ArrayList<>();
    for (ResultColumn column : columns) {
      fields.add(field(column.name(), column.clientType()));
    }
    return new Schema(fields);
  }

  /**
   * @param clientType a type that clients can be told
   */
  Field field(String name, String clientType) {
    Field field = field(clientType);
    return new Field(name, field.getFieldType(), field.getChildren());
  }

  private synchronized Field field(String type) {
    Field known = byType.get(type);
    if (known == null) {
      known = export(type);
      byType.put(type, known);
    }
    return known;
  }

  private Field export(String type) {
    try (Statement statement = connection.createStatement();
        DuckDBResultSet rows =
            statement
                .executeQuery("SELECT CAST(NULL AS " + type + ") AS c WHERE false")
                .unwrap(DuckDBResultSet.class);
        ArrowReader reader = (ArrowReader) rows.arrowExportStream(allocator, 1)) {
      return normalized(reader.getVectorSchemaRoot().getSchema().getFields().getFirst(), true);
    } catch (SQLException | IOException e) {
      throw new IllegalStateException("DuckDB has no Arrow form of " + type, e);
    }
  }

  private static Field normalized(Field field, boolean nullable) {
    // The parts of a map are not nullable by definition.
    boolean nullableParts = !(field.getType() instanceof ArrowType.Map);
    List<Field> children =
        field.getChildren().stream()
            .map(child -> normalized(child, nullableParts && child.isNullable()))
            .toList();
    return new Field(
        field.getName(), new FieldType(nullable, normalized(field.getType()), null), children);
  }

  private static ArrowType normalized(ArrowType type) {
    return type instanceof ArrowType.Timestamp timestamp && timestamp.getTimezone() != null
        ? new ArrowType.Timestamp(timestamp.getUnit(), TIME_ZONE)
        : type;
  }

  /** Whether vectors of {@code actual} can be read as {@code promised}: names do not matter. */
  static boolean sameLayout(List<Field> promised, List<Field> actual) {
    if (promised.size() != actual.size()) {
      return false;
    }
    for (int i = 0; i < promised.size(); i++) {
      Field left = promised.get(i);
      Field right = actual.get(i);
      if (right.getDictionary() != null
          || !normalized(left.getType()).equals(normalized(right.getType()))
          || !sameLayout(left.getChildren(), right.getChildren())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public synchronized void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("cannot close the DuckDB that knows Arrow types", e);
    }
  }
}
