package io.mangonel.planner.read;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.DataType.Field;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Types: {@code {"id": "DECIMAL", "type_info": {...}}}. */
final class TypeReader {
  private static final Set<String> SIMPLE =
      Set.of(
          "BOOLEAN",
          "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "HUGEINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT",
          "UHUGEINT",
          "BIGNUM",
          "FLOAT",
          "DOUBLE",
          "VARCHAR",
          "BLOB",
          "BIT",
          "UUID",
          "DATE",
          "TIME",
          "TIME_NS",
          "TIME WITH TIME ZONE",
          "TIMESTAMP",
          "TIMESTAMP_S",
          "TIMESTAMP_MS",
          "TIMESTAMP_NS",
          "TIMESTAMP WITH TIME ZONE",
          "INTERVAL");

  private TypeReader() {}

  static DataType read(@Nullable JsonNode json) {
    JsonObject type = new JsonObject("type", json);
    String id = type.text("id");
    JsonNode infoNode = type.optional("type_info");
    type.end();
    if (infoNode == null) {
      return simple(id);
    }
    JsonObject info = new JsonObject("type " + id, infoNode);
    info.empty("extension_info").ignore("type");
    DataType read = withInfo(id, info);
    info.end();
    return read;
  }

  private static DataType simple(String id) {
    return switch (id) {
      case "NULL", "SQLNULL" -> new DataType.Simple("NULL");
      case "STRING_LITERAL" -> new DataType.Simple("VARCHAR");
      default -> {
        if (!SIMPLE.contains(id)) {
          throw new UnsupportedPlan("type " + id);
        }
        yield new DataType.Simple(id);
      }
    };
  }

  private static DataType withInfo(String id, JsonObject info) {
    if (id.equals("VARCHAR") && info.has("alias") && info.text("alias").equals("JSON")) {
      return new DataType.Simple("JSON");
    }
    info.empty("alias", "collation");
    return switch (id) {
      case "DECIMAL" ->
          new DataType.Decimal((int) info.number("width"), (int) info.number("scale"));
      case "LIST" -> new DataType.ListOf(read(info.get("child_type")));
      case "ARRAY" -> new DataType.ArrayOf(read(info.get("child_type")), info.number("size"));
      case "STRUCT", "TUPLE" -> new DataType.Struct(fields(info));
      case "MAP" -> map(read(info.get("child_type")));
      // The first member is the tag.
      case "UNION" -> new DataType.Union(fields(info).stream().skip(1).toList());
      case "ENUM" -> {
        info.ignore("values_count");
        yield new DataType.EnumOf(info.map("values", JsonNode::asText));
      }
      default -> throw new UnsupportedPlan("type " + id);
    };
  }

  private static List<Field> fields(JsonObject info) {
    return info.map(
        "child_types",
        child -> {
          JsonObject pair = new JsonObject("field", child);
          Field field = new Field(JsonObject.name(pair.text("first")), read(pair.get("second")));
          pair.end();
          return field;
        });
  }

  private static DataType map(DataType entry) {
    if (entry instanceof DataType.Struct(var fields) && fields.size() == 2) {
      return new DataType.MapOf(fields.get(0).type(), fields.get(1).type());
    }
    throw new UnsupportedPlan("type MAP of " + entry.sql());
  }
}
