package io.mangonel.planner.read;

import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Relation;
import java.util.ArrayList;
import java.util.List;

/** Projection maps, which the plan hangs on its operators, as projections of their own. */
final class Projections {
  private Projections() {}

  /** The columns a map leaves; no map, or one that changes nothing, leaves the relation as is. */
  static Relation map(Relation relation, List<Integer> map) {
    return map.isEmpty() ? relation : pick(relation, map);
  }

  static Relation pick(Relation relation, List<Integer> columns) {
    List<Expression> expressions = new ArrayList<>();
    boolean same = columns.size() == relation.types().size();
    for (int i = 0; i < columns.size(); i++) {
      int index = columns.get(i);
      if (index >= relation.types().size()) {
        throw new UnsupportedPlan("projection of column " + index);
      }
      same &= index == i;
      expressions.add(new Column(index, relation.types().get(index)));
    }
    return same ? relation : new Relation.Project(relation, List.copyOf(expressions));
  }
}
