package io.mangonel.core.graph;

import io.mangonel.core.graph.Stage.Task;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.OutputFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the tasks of each stage read. Where all read the same they share one list, so that N tasks
 * that read N outputs cost N and not N * N; made anew when an output came or went.
 */
final class StageInputs {
  private final JobId job;
  private final List<Stage> stages;
  private final Topology topology;
  private final @Nullable Made[] made;

  /**
   * What was made for a stage.
   *
   * @param version of the outputs it was made of
   * @param shared what all its tasks read, or null when they differ
   * @param edges what each edge brings; made once, and then only looked at
   */
  private record Made(long version, @Nullable List<InputLocation> shared, List<Edge> edges) {}

  /**
   * Every output behind an edge.
   *
   * @param byPartition files in order of their partition, so that a reader's are found by halving
   * @param same whether each reader reads all files
   */
  private record Edge(StageEdge edge, List<InputLocation> byPartition, boolean same) {}

  StageInputs(JobId job, List<Stage> stages, Topology topology) {
    this.job = job;
    this.stages = stages;
    this.topology = topology;
    this.made = new Made[stages.size()];
  }

  /** What a task reads; every stage that its stage reads is complete. */
  List<InputLocation> of(int stage, int partition) {
    Made current = current(stage);
    if (current.shared != null) {
      return current.shared;
    }
    var list = new ArrayList<InputLocation>();
    for (Edge edge : current.edges) {
      if (edge.edge.kind() == EdgeKind.SAME) {
        list.add(edge.byPartition.get(partition));
      } else if (edge.same) {
        list.addAll(edge.byPartition);
      } else {
        edge.byPartition.forEach(all -> list.add(partOf(all, partition)));
      }
    }
    return list;
  }

  private Made current(int stage) {
    var edges = stages.get(stage).spec.inputs();
    long version = 0; // Each only grows: the sum tells whether one did.
    for (StageEdge edge : edges) {
      version += stages.get(edge.producer()).outputsVersion();
    }
    Made before = made[stage];
    if (before != null && before.version == version) {
      return before;
    }
    var all = edges.stream().map(this::edge).toList();
    boolean same = all.stream().allMatch(Edge::same);
    // A copy once, here: a launch copies what it does not know to be immutable.
    var shared =
        same ? List.copyOf(all.stream().flatMap(edge -> edge.byPartition.stream()).toList()) : null;
    var now = new Made(version, shared, all);
    made[stage] = now;
    return now;
  }

  private Edge edge(StageEdge edge) {
    Stage producer = stages.get(edge.producer());
    var outputs =
        IntStream.range(0, producer.spec.tasks())
            .mapToObj(partition -> output(edge, producer, partition))
            .toList();
    boolean same =
        switch (edge.kind()) {
          case ALL -> true;
          case SAME -> false;
          case HASH -> outputs.stream().allMatch(StageInputs::isForAll);
        };
    return new Edge(edge, outputs, same);
  }

  private InputLocation output(StageEdge edge, Stage producer, int partition) {
    if (!(producer.task(partition) instanceof Task.Successful winner)) {
      throw new IllegalStateException(job + ": " + edge + " has no output " + partition);
    }
    var files =
        edge.kind() == EdgeKind.HASH
            ? winner.output().files().stream()
                .sorted(Comparator.comparingInt(OutputFile::partition))
                .toList()
            : winner.output().files();
    return new InputLocation(
        winner.id(), winner.executor(), files, topology.reproducible(edge.producer()));
  }

  private static boolean isForAll(InputLocation output) {
    return output.files().stream().allMatch(file -> file.partition() == OutputFile.ALL_PARTITIONS);
  }

  /** The files of every partition, and those of this one. */
  private static InputLocation partOf(InputLocation all, int partition) {
    var files = all.files();
    var part = new ArrayList<OutputFile>();
    part.addAll(files.subList(0, firstFrom(files, 0)));
    part.addAll(files.subList(firstFrom(files, partition), firstFrom(files, partition + 1)));
    return new InputLocation(all.producer(), all.executor(), part, all.reproducible());
  }

  /** The index of the first file whose partition is not below. */
  private static int firstFrom(List<OutputFile> files, int partition) {
    int from = 0;
    int to = files.size();
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (files.get(middle).partition() < partition) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
