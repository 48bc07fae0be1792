package io.mangonel.planner.prune;

import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Relation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A relation that gives some columns of the one it was made from.
 *
 * @param kept which of the original columns it gives, in its order: ascending
 */
record Pruned(Relation relation, List<Integer> kept) {
  Pruned {
    kept = List.copyOf(kept);
    if (kept.size() != relation.types().size()) {
      throw new IllegalArgumentException(
          kept.size() + " columns kept of " + relation.types().size());
    }
  }

  /** All columns. */
  static Pruned whole(Relation relation) {
    return new Pruned(relation, IntStream.range(0, relation.types().size()).boxed().toList());
  }

  /** Where an original column is now. */
  int position(int column) {
    int position = kept.indexOf(column);
    if (position < 0) {
      throw new IllegalArgumentException("column " + column + " was pruned");
    }
    return position;
  }

  /** Without the columns that the relation needed only for itself. */
  Pruned exactly(Collection<Integer> columns) {
    if (columns.size() == kept.size()) {
      return this;
    }
    List<Integer> left = columns.stream().sorted().toList();
    List<DataType> types = relation.types();
    List<Expression> expressions = new ArrayList<>();
    for (int column : left) {
      int position = position(column);
      expressions.add(new Column(position, types.get(position)));
    }
    return new Pruned(Projection.of(relation, List.copyOf(expressions)), left);
  }
}
