package io.mangonel.planner.read;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Relation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** LOGICAL_GET: a scan of a table. */
final class ScanReader {
  /** Reading it is refused, because no expression over the scan has this type. */
  static final DataType PSEUDO = new DataType.Simple("NULL");

  private final FunctionStability stability;

  ScanReader(FunctionStability stability) {
    this.stability = stability;
  }

  Relation read(JsonObject fields) {
    String function = FunctionReader.name(fields);
    if (!function.equals("seq_scan")) {
      throw new UnsupportedPlan("table function " + function);
    }
    String table = table(fields.get("function_data"));
    List<String> names = fields.map("names", JsonNode::asText);
    List<DataType> allTypes = fields.map("returned_types", TypeReader::read);
    List<@Nullable String> columns = new ArrayList<>();
    List<DataType> types = new ArrayList<>();
    for (JsonNode json : fields.elements("column_indexes")) {
      int index = columnIndex(json);
      columns.add(index < 0 ? null : JsonObject.name(names.get(index)));
      types.add(index < 0 ? PSEUDO : allTypes.get(index));
    }
    if (columns.isEmpty()) {
      columns.add(null);
      types.add(PSEUDO);
    }
    JsonNode filters = fields.get("table_filters");
    if (!fields.bool("table_filters_by_projection")) {
      throw new UnsupportedPlan("table filters by table column");
    }
    List<Expression> conditions = new FilterReader(stability, types).read(filters);
    List<Integer> projected = fields.indexes("projection_ids");
    fields
        .ignore("table_index", "arguments", "has_serialize", "extra_info")
        .empty("parameters", "named_parameters", "input_table_types", "input_table_names")
        .empty("projected_input", "ordinality_idx", "row_group_order_options", "at_clause")
        .empty("has_pushed_projection")
        .ignore("scan_partition_indices")
        .expect("source_ordinality", "WITHOUT_ORDINALITY");
    extra(fields.get("extra_info"));
    Relation scan = new Relation.Scan(table, unmodifiable(columns), List.copyOf(types), conditions);
    return Projections.map(scan, projected);
  }

  /** Names may be null, which {@code List.copyOf} refuses. */
  private static List<@Nullable String> unmodifiable(List<@Nullable String> names) {
    return Collections.unmodifiableList(names);
  }

  private static void extra(JsonNode json) {
    new JsonObject("scan", json)
        .empty("file_filters", "sample_options", "file_filter_expressions")
        .ignore("total_files", "filtered_files")
        .end();
  }

  private static String table(JsonNode json) {
    JsonObject data = new JsonObject("scan", json);
    String table = JsonObject.name(data.text("table"));
    data.ignore("catalog", "schema", "qualified_name")
        .empty("is_index_scan", "is_create_index", "result_ids")
        .end();
    return table;
  }

  /** The column's position in the table, or -1 for the pseudo column. */
  private static int columnIndex(JsonNode json) {
    JsonObject column = new JsonObject("scan column", json);
    String index = column.get("index").asText();
    column.empty("child_indexes", "field").expect("index_type", "FULL_READ");
    column.ignore("type", "has_index").end();
    if (index.equals(JsonObject.UNSET_INDEX)) {
      return -1;
    }
    if (index.length() > 9) {
      throw new UnsupportedPlan("scan of virtual column " + index);
    }
    return Integer.parseInt(index);
  }
}
