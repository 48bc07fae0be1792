package io.mangonel.core.graph;

import java.util.BitSet;
import java.util.List;

/** Which stage reads which. Sets of stages are sets of their ids. */
final class Topology {
  private final List<StageSpec> specs;
  private final BitSet reproducible = new BitSet();

  /**
   * @throws IllegalArgumentException unless ids are 0, 1, ..., producers come before consumers, and
   *     all but the last stage are read
   */
  Topology(List<StageSpec> specs) {
    this.specs = List.copyOf(specs);
    check(!specs.isEmpty(), "no stages");
    var read = new BitSet();
    for (int id = 0; id < specs.size(); id++) {
      StageSpec spec = specs.get(id);
      check(spec.id() == id, "stage ids are not 0, 1, ...");
      check(
          spec.kind() != StageKind.PUBLISH || id == specs.size() - 1,
          "stage " + id + " publishes and is not the last");
      boolean inputsReproducible = true;
      for (StageEdge edge : spec.inputs()) {
        int producer = edge.producer();
        check(producer >= 0 && producer < id, "stage " + id + " reads stage " + producer);
        check(
            edge.kind() != EdgeKind.SAME || specs.get(producer).tasks() == spec.tasks(),
            "stage " + id + " has not as many tasks as stage " + producer);
        read.set(producer);
        inputsReproducible &= reproducible.get(producer);
      }
      reproducible.set(id, spec.deterministic() && inputsReproducible);
    }
    check(read.cardinality() == specs.size() - 1, "a stage other than the last has no reader");
  }

  /** Whether two attempts of its tasks give the same rows: it and its ancestors do. */
  boolean reproducible(int stage) {
    return reproducible.get(stage);
  }

  boolean reads(int consumer, int producer) {
    return specs.get(consumer).inputs().stream().anyMatch(edge -> edge.producer() == producer);
  }

  boolean resolved(int stage, BitSet complete) {
    return specs.get(stage).inputs().stream().allMatch(edge -> complete.get(edge.producer()));
  }

  /** A stage and all that descends from its rows. */
  BitSet descendants(int stage) {
    var found = new BitSet();
    found.set(stage);
    for (StageSpec spec : specs) {
      if (spec.inputs().stream().anyMatch(edge -> found.get(edge.producer()))) {
        found.set(spec.id());
      }
    }
    return found;
  }

  /** The root, and what an incomplete needed stage reads: the rest is not made again. */
  BitSet needed(BitSet complete) {
    var needed = new BitSet();
    needed.set(specs.size() - 1);
    for (StageSpec spec : specs.reversed()) {
      if (needed.get(spec.id()) && !complete.get(spec.id())) {
        spec.inputs().forEach(edge -> needed.set(edge.producer()));
      }
    }
    return needed;
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
