package io.mangonel.workbench.bench;

/** Every bound of the benchmarks. */
final class Limits {
  /** A query that was cancelled has to end within this. */
  static final long CANCEL_GRACE_MS = 30_000;

  /** Executors of one cluster on this machine. */
  static final int EXECUTORS_MAX = 16;

  static final int RUNS_MAX = 100;

  static final int LATENCY_QUERIES_MAX = 1_000_000;

  /** Small queries after which long ones that were sent before them run. */
  static final int SETTLING_QUERIES = 50;

  /** Clients that ask at the same time. */
  static final int CLIENTS = 8;

  /** Clients that ask several schedulers at once; each has a thread. */
  static final int SHARED_CLIENTS_MAX = 2_000;

  static final int SCHEDULERS_MAX = 8;

  /** What a small query should take on schedulers that share an etcd. */
  static final int SHARED_P50_MS = 10;

  static final int SHARED_P99_MS = 30;

  /** More than that is a slip of the hand. */
  static final int MEMORY_GB_MAX = 10_000;

  /** A day. */
  static final int TIME_LIMIT_S_MAX = 86_400;

  private Limits() {}
}
