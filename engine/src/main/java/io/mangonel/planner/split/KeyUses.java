package io.mangonel.planner.split;

import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Expression.ComparisonOperator;
import io.mangonel.planner.ir.Relation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The columns of tables by which a statement joins, groups or partitions. Columns that are joined
 * with each other are of one domain.
 */
final class KeyUses {
  /** A column of a table of the planning database. */
  record KeyColumn(String table, String column, DataType type) implements Comparable<KeyColumn> {
    @Override
    public int compareTo(KeyColumn other) {
      int tables = table.compareTo(other.table);
      return tables == 0 ? column.compareTo(other.column) : tables;
    }
  }

  private final SortedMap<KeyColumn, KeyColumn> parents = new TreeMap<>();
  private final Map<Integer, List<@Nullable KeyColumn>> commons = new HashMap<>();

  private KeyUses() {}

  /** The domains, in a fixed order. */
  static List<SortedSet<KeyColumn>> of(Relation statement) {
    KeyUses uses = new KeyUses();
    uses.origins(statement);
    SortedMap<KeyColumn, SortedSet<KeyColumn>> domains = new TreeMap<>();
    for (KeyColumn key : uses.parents.keySet()) {
      domains.computeIfAbsent(uses.root(key), _ -> new TreeSet<>()).add(key);
    }
    return List.copyOf(domains.values());
  }

  /** For each column of a relation the table's column whose value it is, or null. */
  private List<@Nullable KeyColumn> origins(Relation relation) {
    return switch (relation) {
      case Relation.Scan scan -> scan(scan);
      case Relation.Input _, Relation.Values _ -> unknown(relation.types().size());
      case Relation.Filter filter -> origins(filter.input());
      case Relation.Sort sort -> origins(sort.input());
      case Relation.TopN top -> origins(top.input());
      case Relation.Limit limit -> origins(limit.input());
      case Relation.Sample sample -> origins(sample.input());
      case Relation.Project project -> {
        List<@Nullable KeyColumn> input = origins(project.input());
        yield project.expressions().stream()
            .<@Nullable KeyColumn>map(each -> key(each, input))
            .toList();
      }
      case Relation.Distinct distinct -> {
        List<@Nullable KeyColumn> input = origins(distinct.input());
        if (distinct.on().isEmpty()) {
          input.forEach(this::use);
        }
        use(distinct.on(), input);
        yield input;
      }
      case Relation.Aggregate aggregate -> {
        List<@Nullable KeyColumn> input = origins(aggregate.input());
        use(aggregate.groups(), input);
        List<@Nullable KeyColumn> columns = new ArrayList<>();
        aggregate.groups().forEach(group -> columns.add(key(group, input)));
        yield extended(columns, aggregate.types().size());
      }
      case Relation.Window window -> {
        List<@Nullable KeyColumn> input = origins(window.input());
        window.calls().forEach(call -> use(call.partitionBy(), input));
        yield extended(input, window.types().size());
      }
      case Relation.Unnest unnest -> extended(origins(unnest.input()), unnest.types().size());
      case Relation.SetOperation operation -> {
        operation.inputs().forEach(this::origins);
        yield unknown(operation.types().size());
      }
      case Relation.Join join -> join(join);
      case Relation.Common common -> {
        commons.put(common.id(), origins(common.definition()));
        yield origins(common.input());
      }
      case Relation.CommonReference reference ->
          commons.getOrDefault(reference.id(), unknown(reference.types().size()));
    };
  }

  private static List<@Nullable KeyColumn> scan(Relation.Scan scan) {
    List<@Nullable KeyColumn> keys = new ArrayList<>();
    for (int i = 0; i < scan.columns().size(); i++) {
      String column = scan.columns().get(i);
      keys.add(column == null ? null : new KeyColumn(scan.table(), column, scan.types().get(i)));
    }
    return keys;
  }

  private List<@Nullable KeyColumn> join(Relation.Join join) {
    List<@Nullable KeyColumn> left = origins(join.left());
    List<@Nullable KeyColumn> right = origins(join.right());
    for (Relation.JoinCondition condition : join.conditions()) {
      boolean equality =
          condition.operator() == ComparisonOperator.EQUAL
              || condition.operator() == ComparisonOperator.NOT_DISTINCT;
      if (equality) {
        joined(key(condition.left(), left), key(condition.right(), right));
      }
    }
    List<@Nullable KeyColumn> columns = new ArrayList<>();
    if (join.joinType().keepsLeft()) {
      columns.addAll(left);
    }
    if (join.joinType().keepsRight()) {
      columns.addAll(right);
    }
    return extended(columns, join.types().size());
  }

  private static List<@Nullable KeyColumn> extended(List<@Nullable KeyColumn> columns, int width) {
    List<@Nullable KeyColumn> all = new ArrayList<>(columns);
    all.addAll(unknown(width - columns.size()));
    return all;
  }

  private static List<@Nullable KeyColumn> unknown(int columns) {
    return Collections.nCopies(columns, null);
  }

  private static @Nullable KeyColumn key(Expression expression, List<@Nullable KeyColumn> input) {
    return expression instanceof Column(int index, var _) ? input.get(index) : null;
  }

  private void use(List<Expression> expressions, List<@Nullable KeyColumn> input) {
    expressions.forEach(expression -> use(key(expression, input)));
  }

  private void use(@Nullable KeyColumn key) {
    if (key != null) {
      parents.putIfAbsent(key, key);
    }
  }

  private void joined(@Nullable KeyColumn left, @Nullable KeyColumn right) {
    use(left);
    use(right);
    if (left != null && right != null && left.type().equals(right.type())) {
      parents.put(root(left), root(right));
    }
  }

  private KeyColumn root(KeyColumn key) {
    KeyColumn parent = parents.getOrDefault(key, key);
    return parent.equals(key) ? key : root(parent);
  }
}
