package io.mangonel.planner.read;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.DataType.Decimal;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Call;
import io.mangonel.planner.ir.Expression.Cast;
import io.mangonel.planner.ir.Expression.Constant;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Arithmetic of DECIMALs, as written. The plan shows operands after the binder widened them to the
 * result; binding those once more would widen again, to types that are slower or too narrow for
 * their values. So the operands are taken back to what the binder was given, which is checked by
 * its own rule for the result's type; where it cannot be, the result is cast.
 */
final class DecimalArithmetic {
  private static final Set<String> OPERATORS = Set.of("+", "-", "*", "%");

  private static final int WIDTH_MAX = 38;

  /** Up to this width a DECIMAL is a 64-bit integer; the binder stays below it when it can. */
  private static final int WIDTH_OF_BIGINT = 18;

  private static final DataType INTEGER = new DataType.Simple("INTEGER");

  /** What an INTEGER counts as. */
  private static final Decimal OF_INTEGER = new Decimal(10, 0);

  private DecimalArithmetic() {}

  static boolean applies(String function, DataType type) {
    return type instanceof Decimal && OPERATORS.contains(function);
  }

  static Expression rebind(
      String function, List<Expression> arguments, List<JsonNode> json, Decimal type) {
    if (arguments.size() == 1 && arguments.getFirst().type().equals(type)) {
      return new Call(function, arguments, List.of(), true, type);
    }
    if (arguments.size() == 2) {
      List<Expression> left = alternatives(arguments.get(0), json.get(0));
      List<Expression> right = alternatives(arguments.get(1), json.get(1));
      for (Expression l : left) {
        for (Expression r : right) {
          if (result(function, l, r).filter(type::equals).isPresent()) {
            return new Call(function, List.of(l, r), List.of(), true, type);
          }
        }
      }
    }
    return new Cast(new Call(function, arguments, List.of(), true, type), false, type);
  }

  /** What the operand may have been before it was widened; the most likely first. */
  private static List<Expression> alternatives(Expression operand, JsonNode json) {
    List<Expression> alternatives = new ArrayList<>();
    if (operand instanceof Constant constant
        && constant.type() instanceof Decimal decimal
        && json.path("value").hasNonNull("value")) {
      BigDecimal value = ConstantReader.decimal(json.path("value"), decimal);
      literal(value.stripTrailingZeros()).ifPresent(alternatives::add);
      literal(value).ifPresent(alternatives::add);
    }
    if (operand instanceof Cast(var inner, var tryCast, var target)
        && !tryCast
        && target instanceof Decimal wide
        && inner.type() instanceof Decimal narrow
        && narrow.scale() <= wide.scale()
        && narrow.width() - narrow.scale() <= wide.width() - wide.scale()) {
      alternatives.add(inner);
    }
    alternatives.add(operand);
    return alternatives;
  }

  /** A number as people write it; DuckDB gives it the DECIMAL that just holds it. */
  private static Optional<Constant> literal(BigDecimal value) {
    if (value.scale() <= 0) {
      String text = value.toPlainString();
      return text.length() < OF_INTEGER.width()
          ? Optional.of(new Constant(value.signum() < 0 ? "(" + text + ")" : text, INTEGER))
          : Optional.empty();
    }
    int width = Math.max(value.precision(), value.scale() + 1);
    if (width > WIDTH_MAX) {
      return Optional.empty();
    }
    String text = value.toPlainString();
    return Optional.of(
        new Constant(
            value.signum() < 0 ? "(" + text + ")" : text, new Decimal(width, value.scale())));
  }

  private static Optional<Decimal> result(String function, Expression left, Expression right) {
    return decimal(left.type())
        .flatMap(l -> decimal(right.type()).flatMap(r -> of(function, l, r)));
  }

  private static Optional<Decimal> decimal(DataType type) {
    if (type instanceof Decimal decimal) {
      return Optional.of(decimal);
    }
    return type.equals(INTEGER) ? Optional.of(OF_INTEGER) : Optional.empty();
  }

  private static Optional<Decimal> of(String function, Decimal l, Decimal r) {
    return switch (function) {
      case "*" -> {
        int scale = l.scale() + r.scale();
        int width = capped(l.width() + r.width(), Math.max(l.width(), r.width()), scale);
        yield scale > WIDTH_MAX ? Optional.empty() : Optional.of(new Decimal(width, scale));
      }
      case "+", "-" -> {
        int scale = Math.max(l.scale(), r.scale());
        int whole = Math.max(l.width() - l.scale(), r.width() - r.scale());
        yield Optional.of(new Decimal(Math.min(whole + scale + 1, WIDTH_MAX), scale));
      }
      default -> Optional.empty();
    };
  }

  private static int capped(int width, int widest, int scale) {
    if (width > WIDTH_OF_BIGINT && widest <= WIDTH_OF_BIGINT && scale < WIDTH_OF_BIGINT) {
      return WIDTH_OF_BIGINT;
    }
    return Math.min(width, WIDTH_MAX);
  }
}
