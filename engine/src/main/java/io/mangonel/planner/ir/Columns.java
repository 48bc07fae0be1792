package io.mangonel.planner.ir;

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
import io.mangonel.planner.ir.Expression.When;
import io.mangonel.planner.ir.Expression.WindowCall;
import io.mangonel.planner.ir.Expression.WindowFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Which columns expressions read, and the same expressions over other columns. */
public final class Columns {
  private Columns() {}

  /** The columns that an expression reads. */
  public static NavigableSet<Integer> read(@Nullable Expression expression) {
    NavigableSet<Integer> columns = new TreeSet<>();
    collect(expression, columns);
    return columns;
  }

  /** The columns that any of the expressions reads. */
  public static NavigableSet<Integer> read(List<? extends Expression> expressions) {
    NavigableSet<Integer> columns = new TreeSet<>();
    expressions.forEach(expression -> collect(expression, columns));
    return columns;
  }

  /** The expressions directly inside. */
  public static List<Expression> children(Expression expression) {
    return switch (expression) {
      case Column column -> List.of();
      case Constant constant -> List.of();
      case Cast cast -> List.of(cast.operand());
      case Case when -> {
        List<Expression> children = new ArrayList<>();
        when.whens().forEach(w -> children.addAll(List.of(w.condition(), w.result())));
        children.add(when.otherwise());
        yield children;
      }
      case Conjunction conjunction -> conjunction.operands();
      case Comparison comparison -> List.of(comparison.left(), comparison.right());
      case Between between -> List.of(between.operand(), between.lower(), between.upper());
      case Operation operation -> operation.operands();
      case Call call -> call.arguments();
      case UnnestCall unnest -> List.of(unnest.operand());
      case AggregateCall call -> {
        List<Expression> children = new ArrayList<>(call.arguments());
        add(children, call.filter());
        call.order().forEach(key -> children.add(key.expression()));
        yield children;
      }
      case WindowCall call -> {
        List<Expression> children = new ArrayList<>(call.arguments());
        add(children, call.filter());
        call.argumentOrder().forEach(key -> children.add(key.expression()));
        children.addAll(call.partitionBy());
        call.orderBy().forEach(key -> children.add(key.expression()));
        add(children, call.frame().start().offset());
        add(children, call.frame().end().offset());
        yield children;
      }
    };
  }

  /** The expression with column {@code i} replaced by column {@code to(i)}. */
  public static Expression remap(Expression expression, IntUnaryOperator to) {
    return replace(expression, column -> new Column(to.applyAsInt(column.index()), column.type()));
  }

  public static List<Expression> remap(List<Expression> expressions, IntUnaryOperator to) {
    return expressions.stream().map(expression -> remap(expression, to)).toList();
  }

  public static List<SortKey> remapKeys(List<SortKey> keys, IntUnaryOperator to) {
    return keys.stream()
        .map(k -> new SortKey(remap(k.expression(), to), k.descending(), k.nullsFirst()))
        .toList();
  }

  /** An aggregate over other columns. */
  public static AggregateCall remap(AggregateCall call, IntUnaryOperator to) {
    return (AggregateCall) remap((Expression) call, to);
  }

  /** A window function over other columns. */
  public static WindowCall remap(WindowCall call, IntUnaryOperator to) {
    return (WindowCall) remap((Expression) call, to);
  }

  /** The columns themselves, in order: what a projection of everything lists. */
  public static List<Expression> all(List<DataType> types) {
    return IntStream.range(0, types.size())
        .mapToObj(i -> (Expression) new Column(i, types.get(i)))
        .toList();
  }

  /** The expression with each column replaced; the kind of expression at the top stays. */
  public static Expression replace(Expression expression, Function<Column, Expression> by) {
    return switch (expression) {
      case Column column -> by.apply(column);
      case Constant constant -> constant;
      case Cast(var operand, var tryCast, var type) ->
          new Cast(replace(operand, by), tryCast, type);
      case Case(var whens, var otherwise, var type) -> {
        List<When> replaced = new ArrayList<>();
        for (When when : whens) {
          replaced.add(new When(replace(when.condition(), by), replace(when.result(), by)));
        }
        yield new Case(replaced, replace(otherwise, by), type);
      }
      case Conjunction(var and, var operands, var type) ->
          new Conjunction(and, replace(operands, by), type);
      case Comparison(var operator, var left, var right, var type) ->
          new Comparison(operator, replace(left, by), replace(right, by), type);
      case Between b ->
          new Between(
              replace(b.operand(), by),
              replace(b.lower(), by),
              b.lowerInclusive(),
              replace(b.upper(), by),
              b.upperInclusive(),
              b.type());
      case Operation(var operator, var operands, var type) ->
          new Operation(operator, replace(operands, by), type);
      case Call c ->
          new Call(c.name(), replace(c.arguments(), by), c.argumentNames(), c.stable(), c.type());
      case UnnestCall(var operand, var type) -> new UnnestCall(replace(operand, by), type);
      case AggregateCall call -> aggregate(call, by);
      case WindowCall call -> window(call, by);
    };
  }

  private static List<Expression> replace(
      List<Expression> expressions, Function<Column, Expression> by) {
    return expressions.stream().map(expression -> replace(expression, by)).toList();
  }

  private static AggregateCall aggregate(AggregateCall call, Function<Column, Expression> by) {
    return new AggregateCall(
        call.name(),
        replace(call.arguments(), by),
        call.argumentTypes(),
        call.distinct(),
        replaceOptional(call.filter(), by),
        replaceKeys(call.order(), by),
        call.exportState(),
        call.type());
  }

  private static WindowCall window(WindowCall call, Function<Column, Expression> by) {
    WindowFrame frame = call.frame();
    return new WindowCall(
        call.name(),
        replace(call.arguments(), by),
        call.distinct(),
        call.ignoreNulls(),
        replaceOptional(call.filter(), by),
        replaceKeys(call.argumentOrder(), by),
        replace(call.partitionBy(), by),
        replaceKeys(call.orderBy(), by),
        new WindowFrame(
            frame.unit(), bound(frame.start(), by), bound(frame.end(), by), frame.exclude()),
        call.type());
  }

  private static FrameBound bound(FrameBound bound, Function<Column, Expression> by) {
    return new FrameBound(bound.keyword(), replaceOptional(bound.offset(), by));
  }

  private static @Nullable Expression replaceOptional(
      @Nullable Expression expression, Function<Column, Expression> by) {
    return expression == null ? null : replace(expression, by);
  }

  private static List<SortKey> replaceKeys(List<SortKey> keys, Function<Column, Expression> by) {
    return keys.stream()
        .map(k -> new SortKey(replace(k.expression(), by), k.descending(), k.nullsFirst()))
        .toList();
  }

  private static void collect(@Nullable Expression expression, NavigableSet<Integer> columns) {
    if (expression instanceof Column column) {
      columns.add(column.index());
    } else if (expression != null) {
      children(expression).forEach(child -> collect(child, columns));
    }
  }

  private static void add(List<Expression> expressions, @Nullable Expression expression) {
    if (expression != null) {
      expressions.add(expression);
    }
  }
}
