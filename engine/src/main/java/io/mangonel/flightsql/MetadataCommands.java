package io.mangonel.flightsql;

import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.planner.text.DefinitionKind;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.QueryService;
import io.mangonel.scheduler.query.StatementRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.sql.FlightSqlColumnMetadata;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetDbSchemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * What there is: one catalogue, its schemas, and views. A name that a client builds from these
 * parts is one that statements may use.
 */
final class MetadataCommands {
  private static final String VIEW = "VIEW";
  private static final String TEMPORARY = "LOCAL TEMPORARY";
  private static final List<String> TABLE_TYPES = List.of(TEMPORARY, VIEW);

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
    sender.send(
        Schemas.GET_CATALOGS_SCHEMA,
        listener,
        root -> {
          text(root, "catalog_name", 0, Definition.DATABASE);
          root.setRowCount(1);
        });
  }

  void sendSchemas(CommandGetDbSchemas command, ServerStreamListener listener) {
    Predicate<String> wanted =
        command.hasDbSchemaFilterPattern()
            ? like(command.getDbSchemaFilterPattern())
            : name -> true;
    boolean here = !command.hasCatalog() || isHere(command.getCatalog());
    var names = new TreeSet<String>(List.of(Definition.MAIN));
    definitions().stream()
        .filter(each -> each.kind() == DefinitionKind.SCHEMA)
        .forEach(each -> names.add(each.name()));
    List<String> found = here ? names.stream().filter(wanted).toList() : List.of();
    sender.send(
        Schemas.GET_SCHEMAS_SCHEMA,
        listener,
        root -> {
          for (int row = 0; row < found.size(); row++) {
            text(root, "catalog_name", row, Definition.DATABASE);
            text(root, "db_schema_name", row, found.get(row));
          }
          root.setRowCount(found.size());
        });
  }

  void sendTableTypes(ServerStreamListener listener) {
    sender.send(
        Schemas.GET_TABLE_TYPES_SCHEMA,
        listener,
        root -> {
          for (int row = 0; row < TABLE_TYPES.size(); row++) {
            text(root, "table_type", row, TABLE_TYPES.get(row));
          }
          root.setRowCount(TABLE_TYPES.size());
        });
  }

  void sendTables(CommandGetTables command, ServerStreamListener listener) {
    List<Definition> views = wantedViews(command);
    Schema schema =
        command.getIncludeSchema()
            ? Schemas.GET_TABLES_SCHEMA
            : Schemas.GET_TABLES_SCHEMA_NO_SCHEMA;
    sender.send(
        schema,
        listener,
        root -> {
          for (int row = 0; row < views.size(); row++) {
            Definition view = views.get(row);
            text(root, "catalog_name", row, Definition.DATABASE);
            text(root, "db_schema_name", row, view.schema());
            text(root, "table_name", row, view.name());
            text(root, "table_type", row, type(view));
            if (command.getIncludeSchema()) {
              ((VarBinaryVector) root.getVector("table_schema"))
                  .setSafe(row, SchemaBytes.encode(columns(view)));
            }
          }
          root.setRowCount(views.size());
        });
  }

  /** There are no keys. */
  void sendNothing(Schema schema, ServerStreamListener listener) {
    sender.send(schema, listener, root -> root.setRowCount(0));
  }

  private static String type(Definition view) {
    return view.temporary() ? TEMPORARY : VIEW;
  }

  /** An empty name is that of what has no catalogue, which nothing is; drivers mean any by it. */
  private static boolean isHere(String catalog) {
    return catalog.isEmpty() || catalog.equalsIgnoreCase(Definition.DATABASE);
  }

  private List<Definition> definitions() {
    return Calls.value(queries.definitions(request("")));
  }

  private StatementRequest request(String sql) {
    return Caller.current().request(StatementCommands.Text.of(sql), defaultDirectory);
  }

  private List<Definition> wantedViews(CommandGetTables command) {
    if (command.hasCatalog() && !isHere(command.getCatalog())) {
      return List.of();
    }
    Predicate<String> schema =
        command.hasDbSchemaFilterPattern()
            ? like(command.getDbSchemaFilterPattern())
            : name -> true;
    Predicate<String> name =
        command.hasTableNameFilterPattern()
            ? like(command.getTableNameFilterPattern())
            : any -> true;
    List<String> types = command.getTableTypesList();
    return definitions().stream()
        .filter(each -> each.kind() == DefinitionKind.VIEW)
        .filter(each -> types.isEmpty() || types.contains(type(each)))
        .filter(each -> schema.test(each.schema()) && name.test(each.name()))
        .sorted(
            Comparator.comparing(MetadataCommands::type)
                .thenComparing(Definition::schema)
                .thenComparing(Definition::name))
        .toList();
  }

  /** A view over files that are gone is still listed, without columns. */
  private Schema columns(Definition view) {
    String schema = view.temporary() ? "" : Sql.identifier(view.schema()) + ".";
    String sql = "FROM " + schema + Sql.identifier(view.name());
    if (!(queries.describe(request(sql)) instanceof Answer.Ok<List<ResultColumn>>(var columns))) {
      return new Schema(List.of());
    }
    List<Field> fields = new ArrayList<>();
    for (ResultColumn column : columns) {
      Field field = schemas.field(column.name(), column.clientType());
      var type = new FieldType(true, field.getType(), null, metadata(view, column, field));
      fields.add(new Field(column.name(), type, field.getChildren()));
    }
    return new Schema(fields);
  }

  /** What drivers show of a column. */
  private static Map<String, String> metadata(Definition view, ResultColumn column, Field field) {
    var metadata =
        new FlightSqlColumnMetadata.Builder()
            .catalogName(Definition.DATABASE)
            .schemaName(view.schema())
            .tableName(view.name())
            .typeName(column.type())
            .isAutoIncrement(false)
            .isReadOnly(true)
            .isSearchable(true);
    if (field.getType() instanceof ArrowType.Decimal decimal) {
      metadata.precision(decimal.getPrecision()).scale(decimal.getScale());
    }
    return metadata.build().getMetadataMap();
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
}
