package io.mangonel.planner.print;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One SELECT while operators are added to it from the bottom up. An operator whose clause would
 * come before one that is already there needs the block as its subquery.
 */
final class Block {
  /** How far the SELECT has got, in the order in which SQL evaluates its clauses. */
  enum Phase {
    /** FROM and WHERE. */
    ROWS,
    GROUPED,
    /** Window functions. */
    WINDOWED,
    DISTINCT,
    ORDERED,
    LIMITED,
    /** Nothing can be added. */
    CLOSED
  }

  /** What may be done with a column's text. */
  enum Kind {
    /** A column of a source: may be repeated, and is NULL in a row an outer join made up. */
    COLUMN,
    /** May be repeated. */
    CONSTANT,
    /** Work, but the same each time. */
    COMPUTED,
    /** A subquery, which only WHERE and the SELECT list take. */
    SUBQUERY,
    /** Differs from one evaluation to the next. */
    VOLATILE
  }

  /**
   * A column of the result.
   *
   * @param sql over the sources of FROM, able to stand beside an operator
   */
  record Output(String sql, Kind kind) {}

  /**
   * @param direction what follows the key: {@code ASC NULLS LAST}
   */
  record Order(Output key, String direction) {}

  /** Empty for a SELECT without FROM. */
  String from;

  List<Output> outputs;
  Phase phase = Phase.ROWS;
  final List<String> where = new ArrayList<>();
  final List<String> having = new ArrayList<>();
  final List<Order> orderBy = new ArrayList<>();
  @Nullable String groupBy;
  @Nullable String distinct;
  @Nullable String limit;
  @Nullable String sample;

  /** Whether FROM is one table or subquery. */
  boolean soleSource;

  /** A query that the block only passes on: a UNION needs no SELECT around it. */
  private @Nullable String body;

  private int bodyWidth;

  Block(String from, List<Output> outputs) {
    this.from = from;
    this.outputs = List.copyOf(outputs);
  }

  /** All columns of a table, or some of them. */
  static Block table(String table, String alias, List<String> columns) {
    Block block =
        new Block(
            table + " AS " + alias,
            columns.stream().map(column -> new Output(alias + "." + column, Kind.COLUMN)).toList());
    block.soleSource = true;
    return block;
  }

  /** A query whose columns are {@code c0, c1, ...}. */
  static Block subquery(String sql, String alias, int width) {
    Block block = table(Layout.subquery(sql), alias, columnNames(width));
    block.body = sql;
    block.bodyWidth = width;
    return block;
  }

  static List<String> columnNames(int width) {
    return IntStream.range(0, width).mapToObj(i -> "c" + i).toList();
  }

  /** Whether the FROM clause and the outputs say all: a join can take the source itself. */
  boolean isBare() {
    return soleSource && phase == Phase.ROWS && where.isEmpty() && hasOnlyColumns();
  }

  boolean hasOnlyColumns() {
    return outputs.stream().allMatch(output -> output.kind() == Kind.COLUMN);
  }

  /** Whether a row may be made several times, as a join does, and be the same each time. */
  boolean isStable() {
    return outputs.stream().noneMatch(output -> output.kind() == Kind.VOLATILE);
  }

  /** Whether a set operation needs parentheses around it. */
  boolean isSimpleSelect() {
    return !passesOn() && orderBy.isEmpty() && limit == null && sample == null;
  }

  /** The SELECT, its first line not indented. */
  String render() {
    if (body != null && passesOn()) {
      return body;
    }
    StringBuilder sql = new StringBuilder("SELECT");
    sql.append(distinct == null ? "" : " " + distinct);
    String list = Layout.list(selectList());
    sql.append(list.startsWith("\n") ? "" : " ").append(list);
    if (!from.isEmpty()) {
      sql.append("\nFROM ").append(from);
    }
    if (!where.isEmpty()) {
      sql.append("\nWHERE ").append(Layout.conjunction(where));
    }
    clause(sql, "GROUP BY ", groupBy);
    if (!having.isEmpty()) {
      sql.append("\nHAVING ").append(Layout.conjunction(having));
    }
    clause(sql, "ORDER BY ", orders());
    clause(sql, "", limit);
    clause(sql, "USING SAMPLE ", sample);
    return sql.toString();
  }

  private boolean passesOn() {
    return body != null
        && soleSource
        && phase == Phase.ROWS
        && where.isEmpty()
        && outputs.size() == bodyWidth
        && IntStream.range(0, bodyWidth)
            .allMatch(i -> outputs.get(i).sql().matches("t\\d+\\.c" + i));
  }

  private static void clause(StringBuilder sql, String keyword, @Nullable String text) {
    if (text != null) {
      sql.append('\n').append(keyword).append(text);
    }
  }

  private List<String> selectList() {
    List<String> items = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      items.add(Layout.open(outputs.get(i).sql()) + " AS c" + i);
    }
    return items.isEmpty() ? List.of("NULL AS c0") : items;
  }

  /** A key that is a result column goes by its name: ORDER BY sees those names first. */
  private @Nullable String orders() {
    List<String> keys = new ArrayList<>();
    for (Order order : orderBy) {
      int column = outputs.indexOf(order.key());
      keys.add((column < 0 ? order.key().sql() : "c" + column) + " " + order.direction());
    }
    return keys.isEmpty() ? null : String.join(", ", keys);
  }
}
