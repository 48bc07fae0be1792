package io.mangonel.planner;

import io.mangonel.planner.bind.Binding.Bound;
import io.mangonel.planner.bind.StatementBinder;
import io.mangonel.planner.bind.TypeText;
import io.mangonel.planner.cost.TableSource;
import io.mangonel.planner.cost.Tables;
import io.mangonel.planner.database.SessionSettings;
import io.mangonel.planner.distribute.DistributeOutcome;
import io.mangonel.planner.distribute.DistributeRequest;
import io.mangonel.planner.distribute.JoinMode;
import io.mangonel.planner.distribute.QueryDistributor;
import io.mangonel.planner.distribute.WholeStatement;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.print.SqlPrinter;
import io.mangonel.planner.prune.ColumnPruning;
import io.mangonel.planner.read.FunctionStability;
import io.mangonel.planner.read.PlanReader;
import io.mangonel.planner.read.ReadOutcome;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.planner.stage.StageInput.Column;
import io.mangonel.planner.stage.StageInput.PinnedFile;
import io.mangonel.planner.stage.StageOutput;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a bound statement to stages; to one stage for all of it where no other way is known. */
final class StagePlanner {
  private static final Logger LOG = LoggerFactory.getLogger(StagePlanner.class);

  /** Of a sample of which nothing is kept: the whole table may still keep some. */
  private static final double ROWS_KEPT_MIN = 0.5;

  private final StatementBinder binder;
  private final PlanReader reader;

  StagePlanner(StatementBinder binder) {
    this.binder = binder;
    this.reader =
        new PlanReader(new FunctionStability(new HashSet<>(binder.ask(FunctionStability.QUERY))));
  }

  /**
   * @param root what becomes of its rows
   */
  QueryPlan plan(PlanRequest request, Bound bound, StageOutput root) {
    String reason = bound.whole();
    if (reason != null) {
      return whole(request, bound, reason, root);
    }
    try {
      return switch (reader.read(bound.planJson())) {
        case ReadOutcome.Plan plan ->
            distribute(request, bound, ColumnPruning.prune(plan.relation()), root);
        case ReadOutcome.Unsupported unsupported ->
            whole(request, bound, unsupported.reason(), root);
        case ReadOutcome.NoPlan none -> whole(request, bound, none.message(), root);
      };
    } catch (RuntimeException | StackOverflowError e) {
      // A bug of ours must not cost the user the answer, which the whole statement still gives.
      // The statement may hold what is not for a log.
      LOG.warn("a statement cannot be planned in stages", e);
      LOG.debug("that statement is: {}", request.sql());
      return whole(request, bound, "a defect of the planner: " + e, root);
    }
  }

  private QueryPlan distribute(
      PlanRequest request, Bound bound, Relation relation, StageOutput root) {
    JoinMode mode =
        switch (request.settings().getOrDefault(SessionSettings.JOIN_MODE, "auto")) {
          case "hash" -> JoinMode.HASH;
          case "broadcast" -> JoinMode.BROADCAST;
          default -> JoinMode.AUTO;
        };
    var wanted =
        new DistributeRequest(
            relation,
            bound.columns().stream().map(Column::name).toList(),
            new Tables(bound.tables(), scan -> selectivity(bound, scan)),
            SessionSettings.statements(request.settings()),
            request.slots(),
            mode,
            request.executors() == 1
                ? Double.POSITIVE_INFINITY
                : DistributeRequest.ONE_STAGE_BELOW_MS,
            root);
    return switch (QueryDistributor.distribute(wanted)) {
      case DistributeOutcome.Stages stages -> stages.plan();
      case DistributeOutcome.Unsupported unsupported ->
          whole(request, bound, unsupported.reason(), root);
    };
  }

  private static QueryPlan whole(
      PlanRequest request, Bound bound, String reason, StageOutput root) {
    var catalog = bound.catalog();
    List<String> prelude = SessionSettings.statements(request.settings());
    List<String> names = bound.columns().stream().map(Column::name).toList();
    List<DataType> types =
        bound.columns().stream().map(column -> TypeText.parse(column.type())).toList();
    List<PinnedFile> files =
        bound.tables().values().stream()
            .flatMap(table -> table.files().stream())
            .map(file -> new PinnedFile(file.path(), file.bytes(), file.modifiedMs()))
            .toList();
    return WholeStatement.plan(
        new WholeStatement.Text(bound.executable(), prelude, catalog),
        names,
        types,
        files,
        oneLine(reason),
        root);
  }

  private static String oneLine(String reason) {
    String line = reason.strip().lines().findFirst().orElse("");
    return line.length() > 1
            && Character.isUpperCase(line.charAt(0))
            && Character.isLowerCase(line.charAt(1))
        ? line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1)
        : line;
  }

  /** The part of a table's sample that its filters keep. */
  private double selectivity(Bound bound, Relation relation) {
    Relation below = relation;
    while (below instanceof Relation.Filter filter) {
      below = filter.input();
    }
    if (!(below instanceof Relation.Scan scan)) {
      return 1;
    }
    TableSource source = bound.tables().get(scan.table());
    if (source == null || source.statistics().rows() == 0) {
      return 1;
    }
    String table = Sql.identifier(scan.table());
    double sampled = binder.count(bound, "SELECT count(*) FROM " + table);
    double kept =
        binder.count(bound, "SELECT count(*) FROM (" + SqlPrinter.print(relation) + "\n) AS kept");
    return sampled > 0 && !Double.isNaN(kept)
        ? Math.min(1, Math.max(ROWS_KEPT_MIN, kept) / sampled)
        : 1;
  }
}
