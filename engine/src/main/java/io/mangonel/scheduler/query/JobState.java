package io.mangonel.scheduler.query;

/** Where a job stands, for a person. */
public enum JobState {
  /** Accepted; being planned or waiting. */
  QUEUED,
  RUNNING,
  /** What it wrote gets its last names: it cannot be cancelled any more (rule T16). */
  PUBLISHING,
  COMPLETED,
  FAILED,
  CANCELLED
}
