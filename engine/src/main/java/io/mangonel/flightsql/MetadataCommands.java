package io.mangonel.flightsql;

import io.mangonel.planner.PlanRequest.ViewDefinition;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.QueryService;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetDbSchemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * What there is: no catalogues, one schema, and the views in it as tables. A name that a client
 * builds from these parts is one that DuckDB reads.
 */
final class MetadataCommands {
  private static final String SCHEMA = "main";
  private static final String VIEW = "VIEW";

  private final QueryService queries;
  private final ResultSchemas schemas;
  private final ResultSender sender;
  private final Path defaultDirectory;

  MetadataCommands(
      QueryService queries, ResultSchemas schemas, ResultSender sender, Path defaultDirectory) {
    this.queries = queries;
    this.schemas = schemas;
    this.sender = sender;
    this.defaultDirectory = defaultDirectory;
  }

  void sendCatalogs(ServerStreamListener listener) {
    sender.send(Schemas.GET_CATALOGS_SCHEMA, listener, root -> root.setRowCount(0));
  }

  void sendSchemas(CommandGetDbSchemas command, ServerStreamListener listener) {
    boolean wanted =
        (!command.hasCatalog() || command.getCatalog().isEmpty())
            && (!command.hasDbSchemaFilterPattern()
                || like(command.getDbSchemaFilterPattern()).test(SCHEMA));
    sender.send(
        Schemas.GET_SCHEMAS_SCHEMA,
        listener,
        root -> {
          if (wanted) {
            text(root, "db_schema_name", 0, SCHEMA);
          }
          root.setRowCount(wanted ? 1 : 0);
        });
  }

  void sendTableTypes(ServerStreamListener listener) {
    sender.send(
        Schemas.GET_TABLE_TYPES_SCHEMA,
        listener,
        root -> {
          text(root, "table_type", 0, VIEW);
          root.setRowCount(1);
        });
  }

  void sendTables(CommandGetTables command, ServerStreamListener listener) {
    List<String> names = wantedViews(command);
    Schema schema =
        command.getIncludeSchema()
            ? Schemas.GET_TABLES_SCHEMA
            : Schemas.GET_TABLES_SCHEMA_NO_SCHEMA;
    sender.send(
        schema,
        listener,
        root -> {
          for (int row = 0; row < names.size(); row++) {
            text(root, "db_schema_name", row, SCHEMA);
            text(root, "table_name", row, names.get(row));
            text(root, "table_type", row, VIEW);
            if (command.getIncludeSchema()) {
              ((VarBinaryVector) root.getVector("table_schema"))
                  .setSafe(row, serialized(columns(names.get(row))));
            }
          }
          root.setRowCount(names.size());
        });
  }

  /** There are no keys. */
  void sendNothing(Schema schema, ServerStreamListener listener) {
    sender.send(schema, listener, root -> root.setRowCount(0));
  }

  private List<String> wantedViews(CommandGetTables command) {
    boolean views =
        command.getTableTypesList().isEmpty() || command.getTableTypesList().contains(VIEW);
    boolean here =
        (!command.hasCatalog() || command.getCatalog().isEmpty())
            && (!command.hasDbSchemaFilterPattern()
                || like(command.getDbSchemaFilterPattern()).test(SCHEMA));
    if (!views || !here) {
      return List.of();
    }
    Predicate<String> wanted =
        command.hasTableNameFilterPattern()
            ? like(command.getTableNameFilterPattern())
            : name -> true;
    return Calls.value(queries.views()).stream()
        .map(ViewDefinition::name)
        .filter(wanted)
        .sorted()
        .toList();
  }

  /** A view over files that are gone is still listed, without columns. */
  private Schema columns(String view) {
    String sql = "FROM " + Sql.identifier(view);
    return queries.describe(Caller.current().request(sql, defaultDirectory))
            instanceof Answer.Ok<List<ResultColumn>>(var columns)
        ? schemas.of(columns)
        : new Schema(List.of());
  }

  /** SQL's LIKE, with a backslash as escape. Names do not know case. */
  static Predicate<String> like(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\' && i + 1 < pattern.length()) {
        i++;
        regex.append(Pattern.quote(String.valueOf(pattern.charAt(i))));
      } else if (c == '%') {
        regex.append(".*");
      } else if (c == '_') {
        regex.append('.');
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    Pattern compiled =
        Pattern.compile(
            regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);
    return name -> compiled.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }

  private static void text(VectorSchemaRoot root, String column, int row, String value) {
    ((VarCharVector) root.getVector(column)).setSafe(row, value.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] serialized(Schema schema) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      MessageSerializer.serialize(new WriteChannel(Channels.newChannel(bytes)), schema);
    } catch (IOException e) {
      throw new IllegalStateException("cannot write a schema to memory", e);
    }
    return bytes.toByteArray();
  }
}
