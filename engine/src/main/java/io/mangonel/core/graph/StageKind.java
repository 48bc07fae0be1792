package io.mangonel.core.graph;

/** What the tasks of a stage leave behind. */
public enum StageKind {
  /** Rows for other stages or for the client, on the executor that made them. */
  ROWS,
  /**
   * Files at the place that the statement writes to, under the names of their attempts: they do not
   * go with the executor that made them.
   */
  WRITE,
  /**
   * The files of the {@link #WRITE} stages that it reads, under their last names. It begins when it
   * is durable whose files those are, and has no way back (rule T16).
   */
  PUBLISH
}
