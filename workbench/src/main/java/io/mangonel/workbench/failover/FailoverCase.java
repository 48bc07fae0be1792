package io.mangonel.workbench.failover;

/** What is done to the cluster in the middle of a query. The constants are what a user types. */
enum FailoverCase {
  rocksdb("kill -9 of the only scheduler, on RocksDB, started again at once"),
  executor("kill -9 of an executor, started again at once; the scheduler is alone on RocksDB"),
  suspicion("kill -9 of the owner, whose port refuses at once; one etcd"),
  lease("SIGSTOP of the owner, for ever: nothing tells but the lease; one etcd"),
  handover("SIGTERM of the owner; one etcd"),
  owner_and_executor("kill -9 of the owner and an executor, which is started again; one etcd"),
  owner_and_leader("kill -9 of the owner and etcd's leader, one of three members, started again");

  private final String words;

  FailoverCase(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  /** Whether there are three schedulers, of which the one that is gone is replaced by another. */
  boolean hasSeveralSchedulers() {
    return this != rocksdb && this != executor;
  }

  int etcdMembers() {
    return this == owner_and_leader ? 3 : 1;
  }

  /** Whether the next task that counts is one of another scheduler than before. */
  boolean changesOwner() {
    return this != executor;
  }
}
