package io.mangonel.workbench.scale;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The CPU time of named threads: what they cost, whatever else the machine does. */
final class ThreadCpu {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final List<Thread> threads;

  private ThreadCpu(List<Thread> threads) {
    this.threads = threads;
  }

  /** Those of this name that live now and are not in {@code before}. */
  static ThreadCpu of(String name, Set<Thread> before) {
    return new ThreadCpu(
        all().filter(one -> one.getName().equals(name) && !before.contains(one)).toList());
  }

  static Stream<Thread> all() {
    return Thread.getAllStackTraces().keySet().stream();
  }

  /** Of all of them together; of one that has ended, nothing. */
  long nanos() {
    return threads.stream()
        .mapToLong(thread -> Math.max(0, THREADS.getThreadCpuTime(thread.threadId())))
        .sum();
  }
}
