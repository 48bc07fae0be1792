package io.mangonel.scheduler.peer;

import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.scheduler.limits.ShellLimits;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Executors that wait for their statuses to be durable (rule T10). Thread-safe. */
public final class StatusWaits {
  private final Map<Long, Wait> waits = new ConcurrentHashMap<>();
  private final AtomicLong calls = new AtomicLong();

  private static final class Wait {
    private final Set<TaskAttemptId> open;
    private final Set<TaskAttemptId> acknowledged = ConcurrentHashMap.newKeySet();
    private final CountDownLatch done = new CountDownLatch(1);

    Wait(Collection<TaskAttemptId> attempts) {
      open = ConcurrentHashMap.newKeySet();
      open.addAll(attempts);
    }

    boolean acknowledge(TaskAttemptId attempt) {
      if (!open.contains(attempt)) {
        return false;
      }
      acknowledged.add(attempt);
      open.remove(attempt);
      if (open.isEmpty()) {
        done.countDown();
      }
      return true;
    }
  }

  /** To be opened before the statuses reach the loop. */
  long open(Collection<TaskAttemptId> attempts) {
    long call = calls.incrementAndGet();
    waits.put(call, new Wait(new HashSet<>(attempts)));
    return call;
  }

  /** Waits for all of the call's statuses, or its deadline: what is durable until then. */
  List<TaskAttemptId> await(long call) {
    Wait wait = waits.get(call);
    if (wait == null) {
      return List.of();
    }
    try {
      // Whether all came is seen in what was acknowledged.
      var _ = wait.done.await(ShellLimits.STATUS_DEADLINE_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    waits.remove(call);
    return wait.acknowledged.stream().sorted().toList();
  }

  /** Ends a call whose statuses did not reach the loop: nothing is acknowledged. */
  List<TaskAttemptId> abandon(long call) {
    waits.remove(call);
    return List.of();
  }

  /** Whether each of {@code attempts} was waited for; else the executor has to be told. */
  public boolean acknowledge(List<TaskAttemptId> attempts) {
    Set<TaskAttemptId> untold = new HashSet<>(attempts);
    for (Wait wait : waits.values()) {
      untold.removeIf(wait::acknowledge);
    }
    return untold.isEmpty();
  }
}
