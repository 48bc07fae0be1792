package io.mangonel.workbench.chaos;

/** What can be done to a cluster. */
enum FaultKind {
  KILL_OWNER("kill -9 of the scheduler with the most jobs", Needs.NOTHING),
  KILL_EXECUTOR("kill -9 of an executor", Needs.NOTHING),
  PAUSE_SCHEDULER_SHORT("SIGSTOP of a scheduler for less than its lease", Needs.NOTHING),
  PAUSE_SCHEDULER_LONG("SIGSTOP of a scheduler for longer than its lease", Needs.NOTHING),
  PAUSE_EXECUTOR_SHORT("SIGSTOP of an executor, which stays known", Needs.NOTHING),
  PAUSE_EXECUTOR_LONG("SIGSTOP of an executor until it is given up", Needs.NOTHING),
  TERM_SCHEDULER("SIGTERM of a scheduler", Needs.NOTHING),
  TERM_EXECUTOR("SIGTERM of an executor", Needs.NOTHING),
  ROLLING_RESTART("SIGTERM and start of all schedulers and executors in turn", Needs.NOTHING),
  KILL_ETCD_MEMBER("kill -9 of a member of etcd", Needs.NOTHING),
  KILL_ETCD_LEADER("kill -9 of etcd's leader", Needs.NOTHING),
  PAUSE_ETCD_LEADER("SIGSTOP of etcd's leader", Needs.NOTHING),
  LOSE_QUORUM("kill -9 of two members of etcd", Needs.NOTHING),
  CUT_ONE_WAY("a link cut one way", Needs.FILTER),
  CUT_BOTH("a link cut both ways", Needs.NETWORK),
  ISOLATE_SCHEDULER("a scheduler that nobody reaches", Needs.NETWORK),
  ISOLATE_EXECUTOR("an executor that nobody reaches", Needs.NETWORK),
  SLOW_LINK("a host that sends late", Needs.NETWORK),
  LOSSY_LINK("a host that loses packets", Needs.FILTER),
  DISK_FULL_EXECUTOR("a full disk of an executor", Needs.ROOT),
  DISK_FULL_ETCD("a full disk of a member of etcd", Needs.ROOT),
  CLOCK("the wall clock of a scheduler moved", Needs.FAKETIME);

  /** What the machine must have for it. */
  enum Needs {
    NOTHING,
    ROOT,
    NETWORK,
    /** Packet filters in network namespaces. */
    FILTER,
    FAKETIME
  }

  private final String words;
  private final Needs needs;

  FaultKind(String words, Needs needs) {
    this.words = words;
    this.needs = needs;
  }

  String words() {
    return words;
  }

  Needs needs() {
    return needs;
  }
}
