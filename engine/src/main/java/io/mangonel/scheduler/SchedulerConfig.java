package io.mangonel.scheduler;

import io.mangonel.core.owner.Limits;
import io.mangonel.state.etcd.EtcdAccess;
import java.nio.file.Path;
import java.util.List;

/**
 * What a scheduler is started with.
 *
 * @param bind address to listen on
 * @param port 0 for a free one
 * @param state {@code memory}, {@code rocksdb:DIR} or {@code etcd:ENDPOINT[,ENDPOINT]}
 * @param etcd how etcd lets this scheduler in, where it is the state
 * @param dataDirectories where statements may read files, absolute; empty allows nothing
 * @param executorWaitMs how long a statement waits for the first executor
 * @param retentionMs how long the files of a finished job stay on executors when nobody read them
 * @param jobs how many may run and wait
 */
public record SchedulerConfig(
    String bind,
    int port,
    String state,
    EtcdAccess.Settings etcd,
    List<Path> dataDirectories,
    long executorWaitMs,
    long retentionMs,
    Jobs jobs) {
  /**
   * @param running at most so many run; small ones do not count
   * @param queued and so many wait
   */
  public record Jobs(int running, int queued) {
    public static final Jobs DEFAULTS =
        new Jobs(Limits.DEFAULTS.runningJobsMax(), Limits.DEFAULTS.queuedJobsMax());
  }

  public SchedulerConfig {
    dataDirectories = List.copyOf(dataDirectories);
  }

  /** Without a login for etcd. */
  public SchedulerConfig(
      String bind,
      int port,
      String state,
      List<Path> dataDirectories,
      long executorWaitMs,
      long retentionMs,
      Jobs jobs) {
    this(
        bind,
        port,
        state,
        EtcdAccess.Settings.STANDARD,
        dataDirectories,
        executorWaitMs,
        retentionMs,
        jobs);
  }

  /** The same with a login for etcd. */
  public SchedulerConfig withEtcd(EtcdAccess.Settings settings) {
    return new SchedulerConfig(
        bind, port, state, settings, dataDirectories, executorWaitMs, retentionMs, jobs);
  }

  /** On loopback with a free port and the default limits. */
  public static SchedulerConfig local(String state, List<Path> dataDirectories) {
    return new SchedulerConfig(
        "127.0.0.1", 0, state, dataDirectories, 30_000, 600_000, Jobs.DEFAULTS);
  }
}
