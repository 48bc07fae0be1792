package io.mangonel.planner.bind;

import io.mangonel.planner.database.Limits;
import io.mangonel.planner.database.LruCache;
import io.mangonel.planner.database.PlanningConnection;
import io.mangonel.planner.database.PlanningDatabase;
import io.mangonel.planner.names.StatementParser;
import io.mangonel.planner.source.ShadowTables;
import io.mangonel.planner.stage.StageInput.Column;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** A planning database with what was made in it; thrown away as one when DuckDB fails. */
final class Workspace implements AutoCloseable {
  /** A statement's columns and plan depend on these; the tables it names never change. */
  record DescribeKey(String sql, String scope, SortedMap<String, String> settings) {}

  final PlanningDatabase database;
  final ShadowTables tables;
  final Scopes scopes;
  final StatementParser parser = new StatementParser();
  final LruCache<DescribeKey, List<Column>> columns = new LruCache<>(Limits.CACHE_ENTRIES_MAX);
  final LruCache<DescribeKey, String> plans = new LruCache<>(Limits.CACHED_PLANS_MAX);
  final LruCache<String, Double> counts = new LruCache<>(Limits.CACHE_ENTRIES_MAX);

  /** Read: a statement uses tables and scopes. Write: those that are retired are dropped. */
  final ReentrantReadWriteLock use = new ReentrantReadWriteLock();

  private final Queue<String> retiredTables = new ConcurrentLinkedQueue<>();
  private final Queue<String> retiredScopes = new ConcurrentLinkedQueue<>();

  private Workspace(PlanningDatabase database) {
    this.database = database;
    this.tables = new ShadowTables(database);
    this.scopes = new Scopes(database);
  }

  static Workspace open(List<Path> dataDirectories) throws SQLException {
    return new Workspace(PlanningDatabase.open(dataDirectories));
  }

  void retireTables(List<String> names) {
    retiredTables.addAll(names);
  }

  void retireScopes(List<String> names) {
    retiredScopes.addAll(names);
  }

  /** Drops what is retired if no statement is being bound just now; otherwise another time. */
  void sweep(PlanningConnection connection) throws SQLException {
    if ((retiredTables.isEmpty() && retiredScopes.isEmpty()) || !use.writeLock().tryLock()) {
      return;
    }
    try {
      for (String scope = retiredScopes.poll(); scope != null; scope = retiredScopes.poll()) {
        connection.execute("DETACH DATABASE IF EXISTS " + scope);
      }
      for (String table = retiredTables.poll(); table != null; table = retiredTables.poll()) {
        connection.execute("DROP TABLE IF EXISTS " + table);
      }
    } finally {
      use.writeLock().unlock();
    }
  }

  @Override
  public void close() {
    database.close();
  }
}
