package io.mangonel.workbench.scale;

/** Every bound of the scheduler's benchmark, and what it should reach. */
final class Limits {
  static final int TASKS_MAX = 5_000_000;
  static final int EXECUTORS_MAX = 5_000;
  static final int SLOTS_MAX = 1_000;
  static final int JOBS_MAX = 1_000_000;

  /** A day. */
  static final int TIME_LIMIT_S_MAX = 86_400;

  /** Small jobs that have been submitted and have not ended. */
  static final int OPEN_JOBS = 1_000;

  /** Jobs that run at once: none waits in line. */
  static final int RUNNING_JOBS = 10_000;

  static final double ROCKSDB_TRANSITIONS_PER_S = 50_000;
  static final double ETCD_TRANSITIONS_PER_S = 10_000;
  static final double ALL_TO_ALL_MS = 1_000;
  static final double TAKEOVER_MS = 1_000;

  /** Of the cost per task in the largest job to that in the smallest. */
  static final double FLAT_RATIO = 2;

  private Limits() {}
}
