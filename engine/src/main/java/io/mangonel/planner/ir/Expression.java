package io.mangonel.planner.ir;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bound expression over the columns of one relation, or of two (a join's: the left columns, then
 * the right ones). Functions and casts are those the binder chose: nothing is left to infer.
 */
public sealed interface Expression {
  DataType type();

  /** Column {@code index} of the relation below, counted from 0. */
  record Column(int index, DataType type) implements Expression {}

  /** A literal, as the SQL that makes exactly this value of exactly this type. */
  record Constant(String sql, DataType type) implements Expression {}

  record Cast(Expression operand, boolean tryCast, DataType type) implements Expression {}

  record Case(List<When> whens, Expression otherwise, DataType type) implements Expression {
    public Case {
      whens = List.copyOf(whens);
    }
  }

  record When(Expression condition, Expression result) {}

  /** AND or OR of two or more. */
  record Conjunction(boolean and, List<Expression> operands, DataType type) implements Expression {
    public Conjunction {
      operands = List.copyOf(operands);
    }
  }

  record Comparison(ComparisonOperator operator, Expression left, Expression right, DataType type)
      implements Expression {}

  record Between(
      Expression operand,
      Expression lower,
      boolean lowerInclusive,
      Expression upper,
      boolean upperInclusive,
      DataType type)
      implements Expression {}

  /** NOT, IS NULL, IN and the like. */
  record Operation(Operator operator, List<Expression> operands, DataType type)
      implements Expression {
    public Operation {
      operands = List.copyOf(operands);
    }
  }

  /**
   * A scalar function or a symbolic operator of that name.
   *
   * @param name as DuckDB's catalogue has it: {@code substring}, {@code +}
   * @param argumentNames for {@code struct_pack} and its kind: one per argument; empty otherwise
   * @param stable whether two evaluations on the same row give the same value
   */
  record Call(
      String name,
      List<Expression> arguments,
      List<String> argumentNames,
      boolean stable,
      DataType type)
      implements Expression {
    public Call {
      arguments = List.copyOf(arguments);
      argumentNames = List.copyOf(argumentNames);
    }
  }

  /** {@code unnest(x)}, only in {@link Relation.Unnest}. */
  record UnnestCall(Expression operand, DataType type) implements Expression {}

  /**
   * An aggregate function, only in {@link Relation.Aggregate}.
   *
   * @param arguments already cast to the types the function was bound to, {@code argumentTypes}
   * @param order its own ORDER BY; empty for none
   * @param exportState whether it gives its state, to be combined and finalised elsewhere, instead
   *     of its value
   */
  record AggregateCall(
      String name,
      List<Expression> arguments,
      List<DataType> argumentTypes,
      boolean distinct,
      @Nullable Expression filter,
      List<SortKey> order,
      boolean exportState,
      DataType type)
      implements Expression {
    public AggregateCall {
      arguments = List.copyOf(arguments);
      argumentTypes = List.copyOf(argumentTypes);
      order = List.copyOf(order);
    }
  }

  /**
   * A window function, only in {@link Relation.Window}.
   *
   * @param name the aggregate's or window function's name as SQL writes it
   * @param frame the frame clause as SQL, with its own constants; empty for the default frame
   */
  record WindowCall(
      String name,
      List<Expression> arguments,
      boolean distinct,
      boolean ignoreNulls,
      @Nullable Expression filter,
      List<SortKey> argumentOrder,
      List<Expression> partitionBy,
      List<SortKey> orderBy,
      WindowFrame frame,
      DataType type)
      implements Expression {
    public WindowCall {
      arguments = List.copyOf(arguments);
      argumentOrder = List.copyOf(argumentOrder);
      partitionBy = List.copyOf(partitionBy);
      orderBy = List.copyOf(orderBy);
    }
  }

  /**
   * @param unit ROWS, RANGE or GROUPS; empty when the default frame applies
   */
  record WindowFrame(String unit, FrameBound start, FrameBound end, String exclude) {}

  /**
   * @param offset null unless {@code keyword} is PRECEDING or FOLLOWING
   */
  record FrameBound(String keyword, @Nullable Expression offset) {}

  record SortKey(Expression expression, boolean descending, boolean nullsFirst) {}

  enum ComparisonOperator {
    EQUAL("="),
    NOT_EQUAL("<>"),
    LESS("<"),
    GREATER(">"),
    LESS_OR_EQUAL("<="),
    GREATER_OR_EQUAL(">="),
    NOT_DISTINCT("IS NOT DISTINCT FROM"),
    DISTINCT("IS DISTINCT FROM");

    private final String sql;

    ComparisonOperator(String sql) {
      this.sql = sql;
    }

    public String sql() {
      return sql;
    }
  }

  enum Operator {
    NOT,
    IS_NULL,
    IS_NOT_NULL,
    IN,
    NOT_IN,
    COALESCE,
    TRY
  }
}
