package io.mangonel.planner.print;

import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.AggregateCall;
import io.mangonel.planner.ir.Expression.Between;
import io.mangonel.planner.ir.Expression.Call;
import io.mangonel.planner.ir.Expression.Case;
import io.mangonel.planner.ir.Expression.Cast;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Expression.Comparison;
import io.mangonel.planner.ir.Expression.Conjunction;
import io.mangonel.planner.ir.Expression.Constant;
import io.mangonel.planner.ir.Expression.FrameBound;
import io.mangonel.planner.ir.Expression.Operation;
import io.mangonel.planner.ir.Expression.SortKey;
import io.mangonel.planner.ir.Expression.UnnestCall;
import io.mangonel.planner.ir.Expression.WindowCall;
import io.mangonel.planner.ir.Expression.WindowFrame;
import io.mangonel.planner.ir.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Expressions as SQL. {@link #print} gives text that can stand alone, {@link #operand} text that
 * can stand beside an operator.
 */
public final class ExpressionPrinter {
  private static final Set<String> INFIX =
      Set.of(
          "+", "-", "*", "/", "//", "%", "**", "^", "||", "&", "|", "<<", ">>", "^@", "@>", "<@",
          "&&", "~", "!~", "<->", "<=>");

  /** Operators that people know by a word. */
  private static final Map<String, String> WORDS =
      Map.of(
          "~~", "LIKE",
          "!~~", "NOT LIKE",
          "~~*", "ILIKE",
          "!~~*", "NOT ILIKE",
          "~~~", "GLOB");

  private static final Set<String> PREFIX = Set.of("-", "+", "~");

  /** Function names that are also keywords of the grammar. */
  private static final Set<String> KEYWORDS =
      Set.of("left", "map", "overlay", "position", "right", "row", "substring", "trim");

  private static final Pattern PLAIN_NAME = Pattern.compile("[a-z][a-z0-9_]*");

  private final IntFunction<String> columns;

  /**
   * @param columns the SQL of column {@code i}, which must be able to stand beside an operator
   */
  public ExpressionPrinter(IntFunction<String> columns) {
    this.columns = columns;
  }

  /** The expression's SQL; not enclosed in parentheses where it stands alone. */
  public String print(Expression expression) {
    return switch (expression) {
      case Column column -> columns.apply(column.index());
      case Constant constant -> constant.sql();
      case Cast(var operand, var tryCast, var type) ->
          (tryCast ? "TRY_CAST(" : "CAST(") + print(operand) + " AS " + type.sql() + ")";
      case Case when -> printCase(when);
      case Conjunction(var and, var operands, var type) ->
          String.join(and ? " AND " : " OR ", operands.stream().map(this::operand).toList());
      case Comparison(var operator, var left, var right, var type) ->
          operand(left) + " " + operator.sql() + " " + operand(right);
      case Between between -> printBetween(between);
      case Operation operation -> printOperation(operation);
      case Call call -> printCall(call);
      case UnnestCall unnest -> "unnest(" + print(unnest.operand()) + ")";
      case AggregateCall call -> printAggregate(call);
      case WindowCall call -> printWindow(call);
    };
  }

  /** The expression's SQL, in parentheses if an operator beside it could tear it apart. */
  public String operand(Expression expression) {
    boolean closed =
        switch (expression) {
          case Column column -> true;
          case Constant constant -> true;
          case Cast cast -> true;
          case Case when -> true;
          case UnnestCall unnest -> true;
          case AggregateCall call -> call.filter() == null && !call.exportState();
          case Call call -> !isOperator(call);
          case Operation operation ->
              switch (operation.operator()) {
                case COALESCE, TRY -> true;
                case NOT, IS_NULL, IS_NOT_NULL, IN, NOT_IN -> false;
              };
          case Conjunction conjunction -> false;
          case Comparison comparison -> false;
          case Between between -> false;
          case WindowCall call -> false;
        };
    return closed ? print(expression) : "(" + print(expression) + ")";
  }

  /** {@code a DESC NULLS LAST, b NULLS LAST}: nulls are always said, a session may set them. */
  public String sortKeys(List<SortKey> keys) {
    return String.join(", ", keys.stream().map(this::sortKey).toList());
  }

  private String sortKey(SortKey key) {
    return operand(key.expression()) + " " + direction(key);
  }

  static String direction(SortKey key) {
    return (key.descending() ? "DESC" : "ASC")
        + (key.nullsFirst() ? " NULLS FIRST" : " NULLS LAST");
  }

  private String printCase(Case when) {
    StringBuilder sql = new StringBuilder("CASE");
    for (var branch : when.whens()) {
      sql.append(" WHEN ").append(print(branch.condition()));
      sql.append(" THEN ").append(print(branch.result()));
    }
    return sql.append(" ELSE ").append(print(when.otherwise())).append(" END").toString();
  }

  private String printBetween(Between between) {
    String operand = operand(between.operand());
    if (between.lowerInclusive() && between.upperInclusive()) {
      return operand + " BETWEEN " + operand(between.lower()) + " AND " + operand(between.upper());
    }
    return operand
        + (between.lowerInclusive() ? " >= " : " > ")
        + operand(between.lower())
        + " AND "
        + operand
        + (between.upperInclusive() ? " <= " : " < ")
        + operand(between.upper());
  }

  private String printOperation(Operation operation) {
    List<Expression> operands = operation.operands();
    String first = operand(operands.getFirst());
    return switch (operation.operator()) {
      case NOT -> "NOT " + first;
      case IS_NULL -> first + " IS NULL";
      case IS_NOT_NULL -> first + " IS NOT NULL";
      case IN -> first + " IN (" + list(operands.subList(1, operands.size())) + ")";
      case NOT_IN -> first + " NOT IN (" + list(operands.subList(1, operands.size())) + ")";
      case COALESCE -> "coalesce(" + list(operands) + ")";
      case TRY -> "TRY(" + print(operands.getFirst()) + ")";
    };
  }

  private static boolean isOperator(Call call) {
    return call.argumentNames().isEmpty()
        && switch (call.arguments().size()) {
          case 1 -> PREFIX.contains(call.name());
          case 2 -> INFIX.contains(call.name()) || WORDS.containsKey(call.name());
          default -> false;
        };
  }

  private String printCall(Call call) {
    List<Expression> arguments = call.arguments();
    if (!isOperator(call)) {
      List<String> printed = new ArrayList<>();
      for (int i = 0; i < arguments.size(); i++) {
        String name = call.argumentNames().isEmpty() ? "" : call.argumentNames().get(i);
        printed.add(
            (name.isEmpty() ? "" : Sql.identifier(name) + " := ") + print(arguments.get(i)));
      }
      return function(call.name()) + "(" + String.join(", ", printed) + ")";
    }
    if (arguments.size() == 1) {
      return call.name() + operand(arguments.getFirst());
    }
    String operator = WORDS.getOrDefault(call.name(), call.name());
    return operand(arguments.get(0)) + " " + operator + " " + operand(arguments.get(1));
  }

  private String printAggregate(AggregateCall call) {
    String sql = aggregateCall(call.name(), call.distinct(), call.arguments(), call.order(), "");
    return sql + filter(call.filter()) + (call.exportState() ? " EXPORT_STATE" : "");
  }

  private String aggregateCall(
      String name,
      boolean distinct,
      List<Expression> arguments,
      List<SortKey> order,
      String suffix) {
    if (name.equals("count_star")) {
      return "count(*)";
    }
    return function(name)
        + "("
        + (distinct ? "DISTINCT " : "")
        + list(arguments)
        + (order.isEmpty() ? "" : " ORDER BY " + sortKeys(order))
        + suffix
        + ")";
  }

  private String filter(@Nullable Expression filter) {
    return filter == null ? "" : " FILTER (WHERE " + print(filter) + ")";
  }

  private String printWindow(WindowCall call) {
    String suffix = call.ignoreNulls() ? " IGNORE NULLS" : "";
    List<String> over = new ArrayList<>();
    if (!call.partitionBy().isEmpty()) {
      over.add("PARTITION BY " + list(call.partitionBy()));
    }
    if (!call.orderBy().isEmpty()) {
      over.add("ORDER BY " + sortKeys(call.orderBy()));
    }
    if (!call.frame().unit().isEmpty()) {
      over.add(frame(call.frame()));
    }
    return aggregateCall(
            call.name(), call.distinct(), call.arguments(), call.argumentOrder(), suffix)
        + filter(call.filter())
        + " OVER ("
        + String.join(" ", over)
        + ")";
  }

  private String frame(WindowFrame frame) {
    return frame.unit()
        + " BETWEEN "
        + bound(frame.start())
        + " AND "
        + bound(frame.end())
        + (frame.exclude().isEmpty() ? "" : " " + frame.exclude());
  }

  private String bound(FrameBound bound) {
    return bound.offset() == null
        ? bound.keyword()
        : operand(bound.offset()) + " " + bound.keyword();
  }

  private String list(List<Expression> expressions) {
    return String.join(", ", expressions.stream().map(this::print).toList());
  }

  static String function(String name) {
    return PLAIN_NAME.matcher(name).matches() && !KEYWORDS.contains(name)
        ? name
        : Sql.identifier(name);
  }

  /** A value that no row needs: NULL of the type. */
  static String nullOf(DataType type) {
    return "CAST(NULL AS " + type.sql() + ")";
  }
}
