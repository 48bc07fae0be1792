package io.mangonel.state;

/** The first half of every address in the store; docs/state.md lists the keys of each. */
public enum Keyspace {
  SCHEDULERS(1, "schedulers"),
  EXECUTORS(2, "executors"),
  SESSIONS(3, "sessions"),
  CATALOG(4, "catalog"),
  SUBMITS(5, "submits"),
  QUEUED_JOBS(6, "queued-jobs"),
  ACTIVE_JOBS(7, "active-jobs"),
  COMPLETED_JOBS(8, "completed-jobs"),
  FAILED_JOBS(9, "failed-jobs"),
  CANCELS(10, "cancels"),
  LOCKS(11, "locks"),
  CATALOG_DROPS(12, "catalog-drops"),
  TAKEOVERS(13, "takeovers"),
  SUSPICIONS(14, "suspicions");

  private final int code;
  private final String path;

  Keyspace(int code, String path) {
    this.code = code;
    this.path = path;
  }

  /** Its number in stored addresses: never changed, never given to another keyspace. */
  public int code() {
    return code;
  }

  /** Its name in a store whose keys people read: as unchangeable as the number. */
  public String path() {
    return path;
  }
}
