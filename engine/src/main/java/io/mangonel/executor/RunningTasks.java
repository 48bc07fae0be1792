package io.mangonel.executor;

import io.mangonel.core.task.Failure;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.executor.task.TaskStop;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The tasks of this process and how each is stopped. Thread-safe. */
final class RunningTasks {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition noneLeft = lock.newCondition();

  /** Guarded by the lock. */
  private final Map<TaskAttemptId, TaskStop> tasks = new HashMap<>();

  TaskStop add(TaskAttemptId id) {
    TaskStop stop = new TaskStop();
    lock.lock();
    try {
      tasks.put(id, stop);
    } finally {
      lock.unlock();
    }
    return stop;
  }

  void remove(TaskAttemptId id) {
    lock.lock();
    try {
      tasks.remove(id);
      if (tasks.isEmpty()) {
        noneLeft.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  void stop(TaskAttemptId id, Failure reason) {
    lock.lock();
    try {
      TaskStop stop = tasks.get(id);
      if (stop != null) {
        stop.stop(reason);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Stops every task and waits for their ends; false when some still run after {@code waitMs}. */
  boolean stopAll(Failure reason, long waitMs) {
    long leftNs = TimeUnit.MILLISECONDS.toNanos(waitMs);
    lock.lock();
    try {
      tasks.values().forEach(stop -> stop.stop(reason));
      while (!tasks.isEmpty() && leftNs > 0) {
        leftNs = noneLeft.awaitNanos(leftNs);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    return noneRun();
  }

  private boolean noneRun() {
    lock.lock();
    try {
      return tasks.isEmpty();
    } finally {
      lock.unlock();
    }
  }
}
