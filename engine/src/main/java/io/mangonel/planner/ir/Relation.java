package io.mangonel.planner.ir;

import io.mangonel.planner.ir.Expression.AggregateCall;
import io.mangonel.planner.ir.Expression.ComparisonOperator;
import io.mangonel.planner.ir.Expression.SortKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bound relational operator. Columns are positions: {@link #types} gives their types, and
 * expressions refer to the columns of the inputs by index. A projection on top of an operator is a
 * {@link Project} of its own: no operator carries a projection map.
 */
public sealed interface Relation {
  /** The types of its columns, in order. */
  List<DataType> types();

  List<Relation> inputs();

  /**
   * Rows of a table of the planning database.
   *
   * @param table its name there; {@code planner.source} knows which files it stands for
   * @param columns names of the columns it gives, in order; a null name is DuckDB's pseudo column:
   *     only rows count
   * @param filters conditions over the given columns, all of which must hold
   */
  record Scan(
      String table, List<@Nullable String> columns, List<DataType> types, List<Expression> filters)
      implements Relation {
    @Override
    public List<Relation> inputs() {
      return List.of();
    }
  }

  /**
   * Rows that the executor defines under a name with columns {@code c0, c1, ...}: the output of
   * another stage. Made by the cut, never by the reader.
   */
  record Input(String name, List<DataType> types) implements Relation {
    @Override
    public List<Relation> inputs() {
      return List.of();
    }
  }

  /**
   * Literal rows. No rows: an empty relation. DuckDB's dummy scan is one row of one NULL that
   * nobody reads.
   */
  record Values(List<List<Expression>> rows, List<DataType> types) implements Relation {
    @Override
    public List<Relation> inputs() {
      return List.of();
    }
  }

  record Filter(Relation input, List<Expression> conditions) implements Relation {
    @Override
    public List<DataType> types() {
      return input.types();
    }

    @Override
    public List<Relation> inputs() {
      return List.of(input);
    }
  }

  record Project(Relation input, List<Expression> expressions) implements Relation {
    @Override
    public List<DataType> types() {
      return expressions.stream().map(Expression::type).toList();
    }

    @Override
    public List<Relation> inputs() {
      return List.of(input);
    }
  }

  /**
   * Columns: the groups, the aggregates, then one BIGINT per grouping function.
   *
   * @param groupingSets indexes into {@code groups}; exactly one set with all groups is a plain
   *     GROUP BY
   * @param groupingFunctions {@code grouping(...)}: indexes into {@code groups}
   */
  record Aggregate(
      Relation input,
      List<Expression> groups,
      List<List<Integer>> groupingSets,
      List<AggregateCall> aggregates,
      List<List<Integer>> groupingFunctions,
      List<DataType> types)
      implements Relation {
    @Override
    public List<Relation> inputs() {
      return List.of(input);
    }
  }

  /**
   * Columns: INNER, LEFT, RIGHT, FULL, SINGLE: left then right; SEMI, ANTI: left; RIGHT_SEMI,
   * RIGHT_ANTI: right; MARK: left, then one BOOLEAN.
   *
   * @param conditions all must hold; none for a cross product
   * @param correlated MARK only: how many of the first conditions are correlation; the rest compare
   *     NULL-aware
   * @param residual a further condition over left then right columns, or null
   */
  record Join(
      Relation left,
      Relation right,
      JoinType joinType,
      List<JoinCondition> conditions,
      int correlated,
      @Nullable Expression residual,
      List<DataType> types)
      implements Relation {
    @Override
    public List<Relation> inputs() {
      return List.of(left, right);
    }
  }

  /**
   * @param left over the left columns; {@code right} over the right columns, counted from 0
   */
  record JoinCondition(ComparisonOperator operator, Expression left, Expression right) {}

  enum JoinType {
    INNER,
    LEFT,
    RIGHT,
    FULL,
    SINGLE,
    SEMI,
    ANTI,
    RIGHT_SEMI,
    RIGHT_ANTI,
    MARK,
    ASOF,
    ASOF_LEFT,
    POSITIONAL;

    /** Whether the join's columns begin with the left side's. */
    public boolean keepsLeft() {
      return this != RIGHT_SEMI && this != RIGHT_ANTI;
    }

    /** Whether the right side's columns are among the join's. */
    public boolean keepsRight() {
      return this != SEMI && this != ANTI && this != MARK;
    }
  }

  record Sort(Relation input, List<SortKey> keys) implements Relation {
    @Override
    public List<DataType> types() {
      return input.types();
    }

    @Override
    public List<Relation> inputs() {
      return List.of(input);
    }
  }

  record TopN(Relation input, List<SortKey> keys, long limit, long offset) implements Relation {
    @Override
    public List<DataType> types() {
      return input.types();
    }

    @Override
    public List<Relation> inputs() {
      return List.of(input);
    }
  }

  /**
   * @param limit as SQL, a number or a percentage, or null
   */
  record Limit(Relation input, @Nullable String limit, @Nullable String offset)
      implements Relation {
    @Override
    public List<DataType> types() {
      return input.types();
    }

    @Override
    public List<Relation> inputs() {
      return List.of(input);
    }
  }

  /**
   * @param on the expressions of DISTINCT ON; empty for DISTINCT over all columns
   */
  record Distinct(Relation input, List<Expression> on, List<SortKey> order) implements Relation {
    @Override
    public List<DataType> types() {
      return input.types();
    }

    @Override
    public List<Relation> inputs() {
      return List.of(input);
    }
  }

  /** The input's columns, then one per call. */
  record Window(Relation input, List<Expression.WindowCall> calls) implements Relation {
    @Override
    public List<DataType> types() {
      return append(input.types(), calls.stream().map(Expression::type).toList());
    }

    @Override
    public List<Relation> inputs() {
      return List.of(input);
    }
  }

  /** The input's columns, then one per call. */
  record Unnest(Relation input, List<Expression> calls) implements Relation {
    @Override
    public List<DataType> types() {
      return append(input.types(), calls.stream().map(Expression::type).toList());
    }

    @Override
    public List<Relation> inputs() {
      return List.of(input);
    }
  }

  record SetOperation(SetKind kind, boolean all, List<Relation> inputs, List<DataType> types)
      implements Relation {}

  enum SetKind {
    UNION,
    EXCEPT,
    INTERSECT
  }

  /**
   * @param clause what follows USING SAMPLE
   */
  record Sample(Relation input, String clause) implements Relation {
    @Override
    public List<DataType> types() {
      return input.types();
    }

    @Override
    public List<Relation> inputs() {
      return List.of(input);
    }
  }

  /** A common sub-plan, computed once and read by {@link CommonReference}s in {@code input}. */
  record Common(int id, Relation definition, Relation input) implements Relation {
    @Override
    public List<DataType> types() {
      return input.types();
    }

    @Override
    public List<Relation> inputs() {
      return List.of(definition, input);
    }
  }

  record CommonReference(int id, List<DataType> types) implements Relation {
    @Override
    public List<Relation> inputs() {
      return List.of();
    }
  }

  private static List<DataType> append(List<DataType> first, List<DataType> second) {
    return java.util.stream.Stream.concat(first.stream(), second.stream()).toList();
  }
}
