package io.mangonel.planner.split;

import io.mangonel.planner.ir.Relation;

/** Scans that read all of their files in every task, told apart by their table's name. */
public final class ReplicatedScans {
  /** No table is named so: the mark never leaves the planner. */
  private static final String MARK = "\u0000all";

  private ReplicatedScans() {}

  /** The same filters and projections over replicated scans. */
  public static Relation in(Relation relation) {
    return switch (relation) {
      case Relation.Scan scan ->
          new Relation.Scan(scan.table() + MARK, scan.columns(), scan.types(), scan.filters());
      case Relation.Filter filter -> new Relation.Filter(in(filter.input()), filter.conditions());
      case Relation.Project project ->
          new Relation.Project(in(project.input()), project.expressions());
      case Relation.Values values -> values;
      default -> throw new IllegalStateException("not a scan: " + relation);
    };
  }

  public static boolean isReplicated(String table) {
    return table.endsWith(MARK);
  }

  public static String table(String name) {
    return isReplicated(name) ? name.substring(0, name.length() - MARK.length()) : name;
  }
}
