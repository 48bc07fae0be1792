package io.mangonel.scheduler.query;

/** Where a job stands, for a person. */
public enum JobState {
  /** Accepted; being planned or waiting. */
  QUEUED,
  RUNNING,
  COMPLETED,
  FAILED,
  CANCELLED
}
