package io.mangonel.state;

/** The first half of every address in the store; docs/state.md lists the keys of each. */
public enum Keyspace {
  SCHEDULERS,
  EXECUTORS,
  SESSIONS,
  CATALOG,
  SUBMITS,
  QUEUED_JOBS,
  ACTIVE_JOBS,
  COMPLETED_JOBS,
  FAILED_JOBS,
  CANCELS,
  LOCKS
}
