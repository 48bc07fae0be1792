package io.mangonel.planner.bind;

import io.mangonel.planner.database.Errors;
import io.mangonel.planner.database.Limits;
import io.mangonel.planner.database.LruCache;
import io.mangonel.planner.database.PlanningConnection;
import io.mangonel.planner.database.PlanningDatabase;
import io.mangonel.planner.database.RejectedException;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.text.ErrorText;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Schemas of the planning database with the views a statement sees, found again by content. */
final class Scopes {
  /**
   * @param columns the list of column names with its parentheses; empty for none
   * @param body a query that the planning database can bind
   */
  record View(String name, String columns, String body) {}

  private static final String NO_VIEWS = "main";

  private final PlanningDatabase database;
  private final LruCache<List<View>, String> schemas = new LruCache<>(Limits.SCOPES_MAX);
  private final ReentrantLock building = new ReentrantLock();
  private int made;

  Scopes(PlanningDatabase database) {
    this.database = database;
  }

  /**
   * The schema with exactly these views.
   *
   * @param views each after those it reads
   * @param retired gets the names of schemas that are no longer found
   */
  String schemaOf(List<View> views, List<String> retired) throws RejectedException, SQLException {
    if (views.isEmpty()) {
      return NO_VIEWS;
    }
    Optional<String> known = schemas.get(views);
    if (known.isPresent()) {
      return known.get();
    }
    lock();
    try {
      known = schemas.get(views);
      if (known.isPresent()) {
        return known.get();
      }
      String schema = "scope_" + made++;
      build(schema, views);
      retired.addAll(schemas.put(views, schema));
      return schema;
    } finally {
      building.unlock();
    }
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

  private void build(String schema, List<View> views) throws RejectedException, SQLException {
    PlanningConnection connection = database.viewBuilder();
    connection.execute("CREATE SCHEMA " + schema);
    connection.searchIn(schema + "," + PlanningDatabase.FILES_SCHEMA);
    for (View view : views) {
      create(connection, schema, view);
    }
  }

  private static void create(PlanningConnection connection, String schema, View view)
      throws RejectedException {
    try {
      connection.execute(
          "CREATE VIEW "
              + schema
              + "."
              + Sql.identifier(view.name)
              + view.columns
              + " AS "
              + view.body);
    } catch (SQLException e) {
      throw new RejectedException(
          ErrorText.of("view \"" + view.name + "\": " + Errors.firstPart(e), "", null));
    }
  }
}
