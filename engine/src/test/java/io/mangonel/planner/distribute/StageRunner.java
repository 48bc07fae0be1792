package io.mangonel.planner.distribute;

import io.mangonel.core.graph.EdgeKind;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.planner.stage.StageInput;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.planner.stage.StageOutput.Partitioning;
import io.mangonel.planner.stage.StagePlan;
import io.mangonel.planner.stage.StagePlanCodec;
import io.mangonel.planner.stage.TaskSql;
import io.mangonel.planner.stage.TaskSql.LocalFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs a plan stage by stage, task by task, as executors do. */
final class StageRunner {
  private final Database executor;
  private final Path directory;
  private final boolean partitionBy;

  /** By stage and task: its files by partition, or under {@link #MIXED}. */
  private final Map<Integer, List<Map<Integer, List<String>>>> outputs = new HashMap<>();

  private static final int MIXED = -1;

  /**
   * @param directory empty
   * @param partitionBy whether a task writes a file per partition, or one file that readers filter
   */
  StageRunner(Database executor, Path directory, boolean partitionBy) {
    this.executor = executor;
    this.directory = directory;
    this.partitionBy = partitionBy;
  }

  /** The rows of the answer. */
  List<List<String>> run(QueryPlan plan) throws SQLException, IOException {
    QueryPlan received = StagePlanCodec.decodeQuery(StagePlanCodec.encode(plan));
    for (StagePlan stage : received.stages()) {
      for (String statement : stage.prelude()) {
        executor.execute(statement);
      }
      for (int task = 0; task < stage.tasks(); task++) {
        String select = TaskSql.select(stage, task, inputs(stage, task));
        switch (stage.output()) {
          case StageOutput.Result _ -> {
            return executor.rows(select);
          }
          case StageOutput.Shuffle shuffle -> write(stage, task, shuffle, select);
          case StageOutput.Write _, StageOutput.Publish _ ->
              throw new IllegalArgumentException("it writes: " + stage);
        }
      }
    }
    throw new IllegalStateException("no root stage");
  }

  private Map<Integer, List<LocalFile>> inputs(StagePlan stage, int task) {
    Map<Integer, List<LocalFile>> inputs = new HashMap<>();
    for (StageInput input : stage.inputs()) {
      if (input instanceof StageInput.Exchange exchange) {
        List<LocalFile> files = new ArrayList<>();
        List<Map<Integer, List<String>>> produced =
            outputs.getOrDefault(exchange.stage(), List.of());
        for (int producer = 0; producer < produced.size(); producer++) {
          if (exchange.kind() == EdgeKind.SAME && producer != task) {
            continue;
          }
          produced
              .get(producer)
              .forEach(
                  (partition, paths) -> {
                    boolean wanted =
                        exchange.kind() != EdgeKind.HASH || partition == MIXED || partition == task;
                    if (wanted) {
                      paths.forEach(path -> files.add(new LocalFile(path, partition == MIXED)));
                    }
                  });
        }
        inputs.put(exchange.stage(), files);
      }
    }
    return inputs;
  }

  private void write(StagePlan stage, int task, StageOutput.Shuffle shuffle, String select)
      throws SQLException, IOException {
    Path target = directory.resolve("s" + stage.id() + "_t" + task);
    Map<Integer, List<String>> files = new HashMap<>();
    if (partitionBy && shuffle.partitioning() instanceof Partitioning.ByExpression expression) {
      executor.execute(TaskSql.copyPartitioned(shuffle, expression, select, target.toString()));
      for (int partition = 0; partition < expression.partitions(); partition++) {
        Path below = target.resolve(TaskSql.PARTITION_PREFIX + partition);
        files.put(partition, Files.isDirectory(below) ? list(below) : List.of());
      }
    } else {
      Path file = target.resolveSibling(target.getFileName() + ".parquet");
      boolean keepOrder = stage.tasks() == 1;
      executor.execute(TaskSql.copyToFile(shuffle, select, file.toString(), keepOrder));
      files.put(MIXED, List.of(file.toString()));
    }
    outputs.computeIfAbsent(stage.id(), _ -> new ArrayList<>(Collections.emptyList())).add(files);
  }

  private static List<String> list(Path directory) throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.map(Path::toString).sorted().toList();
    }
  }
}
