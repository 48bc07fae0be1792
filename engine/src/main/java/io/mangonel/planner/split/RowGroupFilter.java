package io.mangonel.planner.split;

import io.mangonel.planner.cost.TableSource.KeyBounds;
import io.mangonel.planner.cost.TableSource.SourceFile;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Between;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Expression.Comparison;
import io.mangonel.planner.ir.Expression.ComparisonOperator;
import io.mangonel.planner.ir.Expression.Conjunction;
import io.mangonel.planner.ir.Expression.Constant;
import io.mangonel.planner.ir.Relation;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which row groups of the tables a statement reads for nothing: DuckDB passes over them because
 * their bounds exclude a filter. They must not count when work is divided. Only an estimate: every
 * row group is read by some task.
 */
final class RowGroupFilter {
  private static final Pattern DATE = Pattern.compile("(?<![0-9])([0-9]{4}-[0-9]{2}-[0-9]{2})'");
  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,18}");
  private static final Pattern QUOTED_INTEGER = Pattern.compile("CAST\\('(-?[0-9]{1,18})' AS .*");

  /** Values of a column that a filter may keep, both ends included. */
  private record Allowed(String column, long smallest, long largest) {}

  /** By table the filters of each of its scans. */
  private final Map<String, List<List<Allowed>>> scans = new TreeMap<>();

  RowGroupFilter(Relation statement) {
    collect(statement, List.of());
  }

  /** Whether any scan of the table may find rows in the row group. */
  boolean reads(String table, SourceFile file, int rowGroup) {
    return scans.getOrDefault(table, List.of()).stream()
        .anyMatch(filters -> filters.stream().allMatch(allowed -> allows(allowed, file, rowGroup)));
  }

  private static boolean allows(Allowed allowed, SourceFile file, int rowGroup) {
    List<KeyBounds> bounds = file.keys().get(allowed.column());
    return bounds == null
        || (bounds.get(rowGroup).smallest() <= allowed.largest()
            && bounds.get(rowGroup).largest() >= allowed.smallest());
  }

  private void collect(Relation relation, List<Expression> above) {
    switch (relation) {
      case Relation.Filter filter -> {
        List<Expression> conditions = new ArrayList<>(above);
        conditions.addAll(filter.conditions());
        collect(filter.input(), conditions);
      }
      case Relation.Scan scan -> {
        List<Allowed> filters = new ArrayList<>();
        above.forEach(condition -> add(condition, scan, filters));
        scan.filters().forEach(condition -> add(condition, scan, filters));
        scans.computeIfAbsent(scan.table(), _ -> new ArrayList<>()).add(filters);
      }
      case Relation other -> other.inputs().forEach(input -> collect(input, List.of()));
    }
  }

  private static void add(Expression condition, Relation.Scan scan, List<Allowed> filters) {
    if (condition instanceof Conjunction(boolean and, var operands, var _) && and) {
      operands.forEach(operand -> add(operand, scan, filters));
    } else if (condition instanceof Between between) {
      add(column(between.operand(), scan), lower(between.lower()), upper(between.upper()), filters);
    } else if (condition instanceof Comparison(var operator, var left, var right, var _)) {
      boolean turned = left instanceof Constant;
      String column = column(turned ? right : left, scan);
      Expression value = turned ? left : right;
      switch (turned ? turned(operator) : operator) {
        case EQUAL -> add(column, lower(value), upper(value), filters);
        case LESS, LESS_OR_EQUAL -> add(column, Long.MIN_VALUE, upper(value), filters);
        case GREATER, GREATER_OR_EQUAL -> add(column, lower(value), Long.MAX_VALUE, filters);
        case NOT_EQUAL, NOT_DISTINCT, DISTINCT -> {}
      }
    }
  }

  private static void add(
      @Nullable String column, long smallest, long largest, List<Allowed> filters) {
    if (column != null) {
      filters.add(new Allowed(column, smallest, largest));
    }
  }

  private static ComparisonOperator turned(ComparisonOperator operator) {
    return switch (operator) {
      case LESS -> ComparisonOperator.GREATER;
      case GREATER -> ComparisonOperator.LESS;
      case LESS_OR_EQUAL -> ComparisonOperator.GREATER_OR_EQUAL;
      case GREATER_OR_EQUAL -> ComparisonOperator.LESS_OR_EQUAL;
      case EQUAL, NOT_EQUAL, NOT_DISTINCT, DISTINCT -> operator;
    };
  }

  private static @Nullable String column(Expression expression, Relation.Scan scan) {
    return expression instanceof Column(int index, var _) ? scan.columns().get(index) : null;
  }

  private static long lower(Expression value) {
    Long number = number(value);
    return number == null ? Long.MIN_VALUE : number;
  }

  private static long upper(Expression value) {
    Long number = number(value);
    return number == null ? Long.MAX_VALUE : number;
  }

  /** The integer, or the date as days since 1970; null for anything else. */
  private static @Nullable Long number(Expression expression) {
    if (!(expression instanceof Constant(String sql, DataType type))) {
      return null;
    }
    if (type.sql().equals("DATE")) {
      Matcher date = DATE.matcher(sql);
      return date.find() && !sql.contains("BC")
          ? LocalDate.parse(date.group(1)).toEpochDay()
          : null;
    }
    Matcher quoted = QUOTED_INTEGER.matcher(sql);
    if (quoted.matches() && type.sql().endsWith("INT")) {
      return Long.valueOf(quoted.group(1));
    }
    return INTEGER.matcher(sql).matches() ? Long.valueOf(sql) : null;
  }
}
