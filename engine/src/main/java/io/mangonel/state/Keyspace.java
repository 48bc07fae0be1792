package io.mangonel.state;

/** The first half of every address in the store; docs/state.md lists the keys of each. */
public enum Keyspace {
  SCHEDULERS(1),
  EXECUTORS(2),
  SESSIONS(3),
  CATALOG(4),
  SUBMITS(5),
  QUEUED_JOBS(6),
  ACTIVE_JOBS(7),
  COMPLETED_JOBS(8),
  FAILED_JOBS(9),
  CANCELS(10),
  LOCKS(11);

  private final int code;

  Keyspace(int code) {
    this.code = code;
  }

  /** Its number in stored addresses: never changed, never given to another keyspace. */
  public int code() {
    return code;
  }
}
