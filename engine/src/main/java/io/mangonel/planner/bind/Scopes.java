package io.mangonel.planner.bind;

import io.mangonel.planner.database.Errors;
import io.mangonel.planner.database.Limits;
import io.mangonel.planner.database.LruCache;
import io.mangonel.planner.database.PlanningConnection;
import io.mangonel.planner.database.PlanningDatabase;
import io.mangonel.planner.database.RejectedException;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.text.ErrorText;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * Databases in memory, attached to the planning database, with the schemas, views and macros that a
 * statement sees; found again by content.
 */
final class Scopes {
  /**
   * What a statement sees.
   *
   * @param steps what makes it, in order
   * @param searchPath the schemas in which names are looked up, quoted, with commas; empty when
   *     there is nothing to see
   */
  record Scope(List<Step> steps, String searchPath) {
    Scope {
      steps = List.copyOf(steps);
    }

    /**
     * @param searchPath for this step; empty when it looks nothing up
     * @param title of what it makes, for messages
     */
    record Step(String searchPath, String sql, String title) {}

    /** As statements, for a connection whose database is a new one. */
    List<String> statements() {
      if (steps.isEmpty()) {
        return List.of();
      }
      var statements = new ArrayList<String>();
      String path = "";
      for (Step step : steps) {
        if (!step.searchPath.isEmpty() && !step.searchPath.equals(path)) {
          path = step.searchPath;
          statements.add(search(path));
        }
        statements.add(step.sql);
      }
      if (!searchPath.equals(path)) {
        statements.add(search(searchPath));
      }
      return statements;
    }

    private static String search(String path) {
      return "SET search_path = " + Sql.literal(path);
    }
  }

  /** Where names are looked up when there is nothing to see. */
  static final String NOTHING = "memory.main";

  private static final String DATABASE_PREFIX = "mangonel_scope_";

  private final PlanningDatabase database;
  private final LruCache<List<Scope.Step>, String> databases = new LruCache<>(Limits.SCOPES_MAX);
  private final ReentrantLock building = new ReentrantLock();
  private int made;

  Scopes(PlanningDatabase database) {
    this.database = database;
  }

  /**
   * The search path by which a connection sees the scope, which is made if need be.
   *
   * @param retired gets the names of databases that are no longer found
   */
  String enter(Scope scope, List<String> retired) throws RejectedException, SQLException {
    if (scope.steps.isEmpty()) {
      return NOTHING;
    }
    Optional<String> known = databases.get(scope.steps);
    if (known.isPresent()) {
      return path(known.get(), scope.searchPath);
    }
    lock();
    try {
      known = databases.get(scope.steps);
      if (known.isPresent()) {
        return path(known.get(), scope.searchPath);
      }
      String name = DATABASE_PREFIX + made++;
      build(name, scope);
      retired.addAll(databases.put(scope.steps, name));
      return path(name, scope.searchPath);
    } finally {
      building.unlock();
    }
  }

  /** Schema names have no quotes and no commas in them. */
  private static String path(String database, String searchPath) {
    return Arrays.stream(searchPath.split(",", -1))
        .map(schema -> database + "." + schema)
        .collect(Collectors.joining(","));
  }

  private void lock() throws RejectedException {
    try {
      if (building.tryLock(Limits.CONNECTION_WAIT_MS, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new RejectedException("the planner is busy with other views: try again");
  }

  private void build(String name, Scope scope) throws RejectedException, SQLException {
    PlanningConnection connection = database.viewBuilder();
    connection.searchIn(NOTHING);
    connection.execute("ATTACH ':memory:' AS " + name);
    try {
      for (Scope.Step step : scope.steps) {
        String path = step.searchPath.isEmpty() ? Definition.MAIN : step.searchPath;
        connection.searchIn(path(name, path) + "," + PlanningDatabase.FILES);
        create(connection, step);
      }
    } catch (RejectedException | SQLException e) {
      connection.searchIn(NOTHING);
      connection.execute("DETACH " + name);
      throw e;
    }
    connection.searchIn(NOTHING);
  }

  private static void create(PlanningConnection connection, Scope.Step step)
      throws RejectedException {
    try {
      connection.execute(step.sql);
    } catch (SQLException e) {
      throw new RejectedException(ErrorText.of(step.title + ": " + Errors.firstPart(e), "", null));
    }
  }
}
