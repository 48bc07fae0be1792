package io.mangonel.planner.prune;

import io.mangonel.planner.ir.Columns;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Relation;
import java.util.List;

/** Projections, without those that change nothing. */
final class Projection {
  private Projection() {}

  static Relation of(Relation input, List<Expression> expressions) {
    if (expressions.equals(Columns.all(input.types()))) {
      return input;
    }
    boolean picks = expressions.stream().allMatch(Column.class::isInstance);
    if (picks && input instanceof Relation.Project(var inner, var below)) {
      List<Expression> picked =
          expressions.stream().map(column -> below.get(((Column) column).index())).toList();
      if (picked.stream().distinct().count() == picked.size()) {
        return of(inner, picked);
      }
    }
    return new Relation.Project(input, expressions);
  }
}
