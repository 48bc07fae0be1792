package io.mangonel.core.graph;

/** Which of a producer stage's output a consumer task reads. */
public enum EdgeKind {
  /** Consumer task p reads partition p of every producer task. */
  HASH,
  /**
   * Every consumer task reads all of every producer task: a broadcast, or a gather when there is
   * one consumer.
   */
  ALL,
  /** Consumer task p reads all of producer task p; both stages have the same number of tasks. */
  SAME
}
