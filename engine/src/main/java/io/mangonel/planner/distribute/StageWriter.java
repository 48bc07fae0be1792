package io.mangonel.planner.distribute;

import io.mangonel.core.graph.EdgeKind;
import io.mangonel.planner.carrier.ColumnCarrier;
import io.mangonel.planner.cost.TableSource;
import io.mangonel.planner.cost.Tables;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.print.ExpressionPrinter;
import io.mangonel.planner.print.SqlPrinter;
import io.mangonel.planner.split.Colocation;
import io.mangonel.planner.split.RangeSplit;
import io.mangonel.planner.split.ReplicatedScans;
import io.mangonel.planner.split.ScanSplits;
import io.mangonel.planner.stage.StageInput;
import io.mangonel.planner.stage.StageInput.Column;
import io.mangonel.planner.stage.StageInput.FileSlice;
import io.mangonel.planner.stage.StageInput.KeyCut;
import io.mangonel.planner.stage.StageInput.PinnedFile;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.planner.stage.StageOutput.Carrier;
import io.mangonel.planner.stage.StageOutput.Partitioning;
import io.mangonel.planner.stage.StagePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes drafts as stages: SQL, inputs with their carriers and splits, output. */
final class StageWriter {
  private final Tables tables;
  private final Colocation colocation;
  private final ScanNames names;
  private final List<StageDraft> drafts;
  private final List<String> prelude;
  private final int tasks;

  StageWriter(
      Tables tables,
      Colocation colocation,
      List<StageDraft> drafts,
      List<String> prelude,
      int tasks) {
    this.tables = tables;
    this.colocation = colocation;
    this.names = new ScanNames(tables.sources().keySet());
    this.drafts = drafts;
    this.prelude = prelude;
    this.tasks = tasks;
  }

  StagePlan shuffle(StageDraft draft) {
    List<Carrier> carrier = new ArrayList<>();
    for (ColumnCarrier column : carriers(draft.rows().types())) {
      column.columns().forEach(file -> carrier.add(new Carrier(file.name(), file.write())));
    }
    Partitioning partitioning =
        draft.kind() == EdgeKind.HASH
            ? new Partitioning.ByExpression(partition(draft), tasks)
            : new Partitioning.None();
    return stage(draft.id(), draft.rows(), new StageOutput.Shuffle(carrier, partitioning));
  }

  /** The last stage, whose rows are the answer, or what the statement writes. */
  StagePlan root(int id, Located rows, StageOutput output) {
    return stage(id, rows, output);
  }

  private StagePlan stage(int id, Located rows, StageOutput output) {
    int stageTasks = rows.isPartitioned() ? tasks : 1;
    SortedMap<String, SortedSet<String>> scanned = new TreeMap<>();
    SortedSet<Integer> read = new TreeSet<>();
    collect(rows.relation(), scanned, read);
    List<StageInput> inputs = new ArrayList<>();
    scanned.forEach((table, columns) -> inputs.add(scan(table, columns, stageTasks)));
    read.forEach(producer -> inputs.add(exchange(drafts.get(producer))));
    return new StagePlan(
        id,
        stageTasks,
        prelude,
        SqlPrinter.print(names.renamed(rows.relation())),
        inputs,
        output,
        Determinism.isDeterministic(rows.relation()),
        rows.estimate().rows());
  }

  /** Which columns of which tables, and which stages, a stage reads. */
  private void collect(
      Relation relation, SortedMap<String, SortedSet<String>> scanned, SortedSet<Integer> read) {
    if (relation instanceof Relation.Scan scan) {
      SortedSet<String> columns = scanned.computeIfAbsent(scan.table(), _ -> new TreeSet<>());
      for (@Nullable String column : scan.columns()) {
        if (column != null) {
          columns.add(column);
        }
      }
    } else if (relation instanceof Relation.Input input) {
      read.add(Integer.parseInt(input.name().substring(1)));
    }
    relation.inputs().forEach(below -> collect(below, scanned, read));
  }

  private StageInput scan(String table, SortedSet<String> columns, int stageTasks) {
    TableSource source = source(table);
    List<Column> read =
        source.columns().stream().filter(column -> columns.contains(column.name())).toList();
    if (read.size() < columns.size()) {
      throw new Undistributable("columns of table " + source.name() + " that are in no file");
    }
    if (read.isEmpty()) {
      read = List.of(source.columns().getFirst());
    }
    Optional<RangeSplit> ranges = colocation.of(table);
    List<List<FileSlice>> splits =
        ReplicatedScans.isReplicated(table)
            ? ScanSplits.replicated(source, stageTasks)
            : ranges
                .map(RangeSplit::slices)
                .orElseGet(() -> ScanSplits.divided(source, stageTasks));
    return new StageInput.Scan(
        names.name(table),
        source.function(),
        source.options(),
        read,
        splits,
        source.files().stream()
            .map(file -> new PinnedFile(file.path(), file.bytes(), file.modifiedMs()))
            .toList(),
        ranges.map(split -> new KeyCut(split.column(), split.ranges())).orElse(null));
  }

  private TableSource source(String table) {
    TableSource source = tables.sources().get(ReplicatedScans.table(table));
    if (source == null) {
      throw new Undistributable("table " + ReplicatedScans.table(table) + " has no files");
    }
    return source;
  }

  private StageInput exchange(StageDraft producer) {
    List<Column> columns = new ArrayList<>();
    List<String> read = new ArrayList<>();
    for (ColumnCarrier carrier : carriers(producer.rows().types())) {
      carrier.columns().forEach(file -> columns.add(new Column(file.name(), file.type())));
      read.add(carrier.read());
    }
    return new StageInput.Exchange(
        producer.name(),
        producer.id(),
        producer.kind(),
        columns,
        read,
        producer.rows().types().stream().map(DataType::sql).toList(),
        producer.kind() == EdgeKind.HASH ? partition(producer) : null);
  }

  private String partition(StageDraft draft) {
    List<String> keys = draft.keys().stream().map(StageWriter::expression).toList();
    return switch (draft.function()) {
      case PartitionFunction.HashOfKeys _ -> "hash(" + String.join(", ", keys) + ") % " + tasks;
      case PartitionFunction.RangesOfKey(var ranges) -> ranges.partition(keys.getFirst());
    };
  }

  private static String expression(Expression expression) {
    return new ExpressionPrinter(index -> "c" + index).print(expression);
  }

  private static List<ColumnCarrier> carriers(List<DataType> types) {
    List<ColumnCarrier> carriers = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      DataType type = types.get(i);
      carriers.add(
          ColumnCarrier.of("c" + i, type)
              .orElseThrow(() -> new Undistributable("no carrier for type " + type.sql())));
    }
    return carriers;
  }
}
