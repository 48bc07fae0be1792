package io.mangonel.planner.distribute;

import io.mangonel.planner.cost.TableSource;
import io.mangonel.planner.cost.TableSource.ColumnStatistics;
import io.mangonel.planner.cost.TableSource.SourceFile;
import io.mangonel.planner.cost.TableSource.TableStatistics;
import io.mangonel.planner.cost.Tables;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.print.SqlPrinter;
import io.mangonel.planner.prune.ColumnPruning;
import io.mangonel.planner.read.FunctionStability;
import io.mangonel.planner.read.PlanReader;
import io.mangonel.planner.read.ReadOutcome;
import io.mangonel.planner.source.ParquetFooters;
import io.mangonel.planner.source.ParquetFooters.Footer;
import io.mangonel.planner.stage.StageInput.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Plans statements over Parquet files, with a copy of the rows in the planning database. */
final class Planning implements AutoCloseable {
  private static final Set<String> OPTIMIZERS =
      Set.of(
          "expression_rewriter",
          "filter_pullup",
          "filter_pushdown",
          "join_order",
          "deliminator",
          "cte_inlining",
          "top_n",
          "unnest_rewriter",
          "cte_filter_pusher",
          "outer_join_simplification");

  private final Database database = new Database();
  private final Map<String, TableSource> sources = new TreeMap<>();
  private final PlanReader reader;

  /**
   * @param tables Parquet files of each table, in order
   */
  Planning(Map<String, List<Path>> tables) throws SQLException, IOException {
    this(tables, List.of());
  }

  /**
   * @param creating statements that make the tables whose types Parquet does not keep; their files
   *     hold what casts to those types
   */
  Planning(Map<String, List<Path>> tables, List<String> creating) throws SQLException, IOException {
    for (String statement : creating) {
      database.execute(statement);
    }
    for (Map.Entry<String, List<Path>> table : new TreeMap<>(tables).entrySet()) {
      add(table.getKey(), table.getValue());
    }
    reader =
        new PlanReader(
            new FunctionStability(new HashSet<>(database.column(FunctionStability.QUERY))));
    Set<String> disabled = new TreeSet<>(database.column("SELECT name FROM duckdb_optimizers()"));
    disabled.removeAll(OPTIMIZERS);
    database.execute("SET disabled_optimizers = '" + String.join(",", disabled) + "'");
  }

  private void add(String table, List<Path> files) throws SQLException, IOException {
    String name = Sql.identifier(table);
    String list =
        files.stream()
            .map(file -> Sql.literal(file.toString()))
            .collect(Collectors.joining(", ", "[", "]"));
    database.execute(
        "CREATE TABLE IF NOT EXISTS " + name + " AS SELECT * FROM read_parquet(" + list + ")");
    List<Column> columns = new ArrayList<>();
    TreeMap<String, ColumnStatistics> statistics = new TreeMap<>();
    for (List<String> row : database.rows("DESCRIBE " + name)) {
      String column = row.getFirst();
      columns.add(new Column(column, row.get(1)));
      String distinct =
          database
              .column("SELECT count(DISTINCT " + Sql.identifier(column) + ") FROM " + name)
              .getFirst();
      statistics.put(column, new ColumnStatistics(Math.max(1, Double.parseDouble(distinct)), 8));
    }
    List<SourceFile> sourceFiles = new ArrayList<>();
    Map<String, Footer> footers =
        ParquetFooters.parse(
            database.rowsWithNulls(
                ParquetFooters.query(files.stream().map(Path::toString).toList())));
    for (Path file : files) {
      Footer footer =
          footers.getOrDefault(
              file.toString(), new Footer(List.of(), Map.of(), Collections.emptySortedMap()));
      sourceFiles.add(
          new SourceFile(file.toString(), Files.size(file), 0, footer.rowGroups(), footer.keys()));
    }
    double rows = Double.parseDouble(database.column("SELECT count(*) FROM " + name).getFirst());
    sources.put(
        table,
        new TableSource(
            table,
            "read_parquet",
            "",
            columns,
            sourceFiles,
            new TableStatistics(rows, statistics)));
  }

  Tables tables() {
    return new Tables(sources, this::selectivity);
  }

  private double selectivity(Relation relation) {
    Relation below = relation;
    while (below instanceof Relation.Filter filter) {
      below = filter.input();
    }
    TableSource source = sources.get(((Relation.Scan) below).table());
    double all = source == null ? 0 : source.statistics().rows();
    try {
      String kept =
          database.column("SELECT count(*) FROM (" + SqlPrinter.print(relation) + ")").getFirst();
      return all == 0 ? 1 : Double.parseDouble(kept) / all;
    } catch (SQLException e) {
      return 1;
    }
  }

  /** As {@link #read(String)}, in a session with settings, each as {@code name=value}. */
  ReadOutcome read(String sql, List<String> settings) throws SQLException {
    for (String setting : settings) {
      database.execute("SET SESSION " + setting.replaceFirst("=", " = '") + "'");
    }
    try {
      return read(sql);
    } finally {
      for (String setting : settings) {
        database.execute("RESET SESSION " + setting.substring(0, setting.indexOf('=')));
      }
    }
  }

  ReadOutcome read(String sql) throws SQLException {
    String json =
        database
            .column("SELECT json_serialize_plan(" + Sql.literal(sql) + ", optimize := true)")
            .getFirst();
    ReadOutcome read = reader.read(json);
    return read instanceof ReadOutcome.Plan(var relation)
        ? new ReadOutcome.Plan(ColumnPruning.prune(relation))
        : read;
  }

  static DistributeRequest request(Relation relation, Tables tables, int slots, JoinMode mode) {
    List<String> names = new ArrayList<>(Collections.nCopies(relation.types().size(), "x"));
    return new DistributeRequest(relation, names, tables, List.of(), slots, mode, 0);
  }

  /** The rows of a statement as plain DuckDB has them. */
  List<List<String>> plain(String sql) throws SQLException {
    database.execute("SET disabled_optimizers = ''");
    List<List<String>> rows = database.rows(sql);
    Set<String> disabled = new TreeSet<>(database.column("SELECT name FROM duckdb_optimizers()"));
    disabled.removeAll(OPTIMIZERS);
    database.execute("SET disabled_optimizers = '" + String.join(",", disabled) + "'");
    return rows;
  }

  @Override
  public void close() throws SQLException {
    database.close();
  }
}
