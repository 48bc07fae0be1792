package io.mangonel.planner.bind;

import io.mangonel.planner.bind.StatementContext.ViewText;
import io.mangonel.planner.database.PlanningConnection;
import io.mangonel.planner.database.RejectedException;
import io.mangonel.planner.text.StatementHead;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;

/** The catalogue's views, and which of them a statement needs. */
final class ViewSet {
  /**
   * @param columns the list of column names with its parentheses; empty for none
   * @param body its query as stored, with absolute paths
   * @param parsed what the body refers to
   */
  record NeededView(String name, String columns, String body, ParsedStatement parsed) {}

  private final StatementParser parser;
  private final PlanningConnection connection;
  private final Map<String, ViewText> byName = new LinkedHashMap<>();

  ViewSet(StatementParser parser, PlanningConnection connection, List<ViewText> views) {
    this.parser = parser;
    this.connection = connection;
    views.forEach(view -> byName.put(view.name().toLowerCase(Locale.ROOT), view));
  }

  boolean contains(String name) {
    return byName.containsKey(name.toLowerCase(Locale.ROOT));
  }

  List<String> names() {
    return byName.values().stream().map(ViewText::name).toList();
  }

  /**
   * The views with these names and all that they read, each after those it reads.
   *
   * @param names in lower case; those of no view do not matter
   */
  List<NeededView> needed(SortedSet<String> names) throws RejectedException, SQLException {
    var found = new LinkedHashMap<String, NeededView>();
    for (String name : names) {
      collect(name, found, new LinkedHashSet<>());
    }
    return new ArrayList<>(found.values());
  }

  private void collect(String name, Map<String, NeededView> found, Set<String> path)
      throws RejectedException, SQLException {
    ViewText view = byName.get(name);
    if (view == null || found.containsKey(name)) {
      return;
    }
    if (!path.add(name)) {
      throw new RejectedException(
          "view \""
              + view.name()
              + "\" reads itself: "
              + String.join(" -> ", path)
              + " -> "
              + name);
    }
    NeededView needed = parse(view);
    for (String other : needed.parsed().names()) {
      if (!other.equals(name) || !readsFileOfItsName(needed, name)) {
        collect(other, found, path);
      }
    }
    path.remove(name);
    found.put(name, needed);
  }

  private static boolean readsFileOfItsName(NeededView view, String name) {
    return view.parsed().files().stream()
        .anyMatch(file -> file.patterns().getFirst().equalsIgnoreCase(name));
  }

  private NeededView parse(ViewText view) throws RejectedException, SQLException {
    if (!(StatementHead.of(view.createSql()) instanceof StatementHead.CreateView head)) {
      throw new RejectedException("view \"" + view.name() + "\" is stored as something else");
    }
    String body = view.createSql().substring(head.bodyStart());
    ParsedStatement parsed = parser.parse(connection, body);
    if (parsed.error() != null) {
      throw new RejectedException("view \"" + view.name() + "\": " + parsed.error());
    }
    String columns = head.columns() == null ? "" : head.columns();
    return new NeededView(view.name(), columns, body, parsed);
  }
}
