package io.mangonel.planner.distribute;

import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.split.ReplicatedScans;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Short names for the tables in a stage's SQL: {@code lineitem} for a path of that directory. */
final class ScanNames {
  private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern EXTENSION = Pattern.compile("\\.[A-Za-z0-9]{1,8}$");

  /** The names of stages' outputs, and what SQL would read as something else. */
  private static final Pattern TAKEN = Pattern.compile("(s|t|c|cte)[0-9]+|task|carried");

  private static final String REPLICATED = "_all";

  private final Map<String, String> names = new HashMap<>();

  ScanNames(Collection<String> tables) {
    Set<String> used = new HashSet<>();
    for (String table : new TreeSet<>(tables)) {
      String base = base(table);
      String name = base;
      for (int i = 2; isTaken(name, used); i++) {
        name = base + "_" + i;
      }
      used.add(name);
      used.add(name + REPLICATED);
      names.put(table, name);
    }
  }

  private static boolean isTaken(String name, Set<String> used) {
    return TAKEN.matcher(name).matches() || used.contains(name) || used.contains(name + REPLICATED);
  }

  /** The identifier of a scan in a stage's SQL. */
  String name(String table) {
    String name = names.get(ReplicatedScans.table(table));
    if (name == null) {
      throw new Undistributable("table " + ReplicatedScans.table(table) + " has no files");
    }
    return ReplicatedScans.isReplicated(table) ? name + REPLICATED : name;
  }

  /** The last word of a path that is no pattern; the table's name itself when it is a word. */
  private static String base(String table) {
    String base = "scan";
    for (String part : EXTENSION.matcher(table).replaceFirst("").split("[/\\\\]", -1)) {
      Matcher words = WORD.matcher(part);
      if (part.indexOf('*') < 0 && words.find()) {
        base = words.group();
      }
    }
    return base.toLowerCase(java.util.Locale.ROOT);
  }

  /** The relation with its scans under their short names. */
  Relation renamed(Relation relation) {
    return switch (relation) {
      case Relation.Scan scan ->
          new Relation.Scan(name(scan.table()), scan.columns(), scan.types(), scan.filters());
      case Relation.Input input -> input;
      case Relation.Values values -> values;
      case Relation.CommonReference reference -> reference;
      case Relation.Filter filter ->
          new Relation.Filter(renamed(filter.input()), filter.conditions());
      case Relation.Project project ->
          new Relation.Project(renamed(project.input()), project.expressions());
      case Relation.Aggregate a ->
          new Relation.Aggregate(
              renamed(a.input()),
              a.groups(),
              a.groupingSets(),
              a.aggregates(),
              a.groupingFunctions(),
              a.types());
      case Relation.Join j ->
          new Relation.Join(
              renamed(j.left()),
              renamed(j.right()),
              j.joinType(),
              j.conditions(),
              j.correlated(),
              j.residual(),
              j.types());
      case Relation.Sort sort -> new Relation.Sort(renamed(sort.input()), sort.keys());
      case Relation.TopN top ->
          new Relation.TopN(renamed(top.input()), top.keys(), top.limit(), top.offset());
      case Relation.Limit limit ->
          new Relation.Limit(renamed(limit.input()), limit.limit(), limit.offset());
      case Relation.Distinct distinct ->
          new Relation.Distinct(renamed(distinct.input()), distinct.on(), distinct.order());
      case Relation.Window window -> new Relation.Window(renamed(window.input()), window.calls());
      case Relation.Unnest unnest -> new Relation.Unnest(renamed(unnest.input()), unnest.calls());
      case Relation.SetOperation o ->
          new Relation.SetOperation(
              o.kind(), o.all(), o.inputs().stream().map(this::renamed).toList(), o.types());
      case Relation.Sample sample -> new Relation.Sample(renamed(sample.input()), sample.clause());
      case Relation.Common common ->
          new Relation.Common(common.id(), renamed(common.definition()), renamed(common.input()));
    };
  }
}
