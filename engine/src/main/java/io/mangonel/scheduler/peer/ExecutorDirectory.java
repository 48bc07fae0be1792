package io.mangonel.scheduler.peer;

import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.wire.HostPort;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Where executors are, and which of them wait for an answer to their registration. Thread-safe. */
public final class ExecutorDirectory {
  private record Run(ExecutorId executor, Incarnation incarnation) {}

  private final Map<ExecutorId, ExecutorInfo> infos = new ConcurrentHashMap<>();
  private final Map<ExecutorId, Capacity> capacities = new ConcurrentHashMap<>();
  private final Map<Run, CompletableFuture<Boolean>> registrations = new ConcurrentHashMap<>();
  private final Set<Run> unknown = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition registered = lock.newCondition();
  private long registrationsSeen;

  /**
   * What an executor brings, as its registration said. Not kept in the store: it says so again.
   *
   * @param memoryBytes DuckDB's limit
   */
  public record Capacity(int threads, long memoryBytes) {}

  void learn(ExecutorId executor, Capacity capacity) {
    capacities.put(executor, capacity);
  }

  /** Empty when it has not registered since this scheduler started. */
  public Optional<Capacity> capacity(ExecutorId executor) {
    return Optional.ofNullable(capacities.get(executor));
  }

  public void learn(ExecutorInfo info) {
    infos.put(info.id(), info);
  }

  /** The latest run of each executor that was ever heard of. */
  List<ExecutorInfo> infos() {
    return List.copyOf(infos.values());
  }

  /** Forgets all executors but these, and those that register just now. */
  public void retain(List<ExecutorInfo.View> registered) {
    Set<ExecutorId> kept = new HashSet<>();
    registered.forEach(view -> kept.add(view.info().id()));
    registrations.keySet().forEach(run -> kept.add(run.executor()));
    infos.keySet().retainAll(kept);
    capacities.keySet().retainAll(kept);
  }

  /** Where an executor's latest run listens. */
  public Optional<HostPort> address(ExecutorId executor) {
    return Optional.ofNullable(infos.get(executor))
        .map(info -> new HostPort(info.host(), info.port()));
  }

  /** To be called before the registration reaches the loop; then {@link #awaitRegistration}. */
  void expectRegistration(ExecutorId executor, Incarnation incarnation) {
    registrations.computeIfAbsent(new Run(executor, incarnation), _ -> new CompletableFuture<>());
  }

  /** Whether the registration became durable in time. */
  boolean awaitRegistration(ExecutorId executor, Incarnation incarnation) {
    var run = new Run(executor, incarnation);
    CompletableFuture<Boolean> accepted = registrations.get(run);
    if (accepted == null) {
      return true;
    }
    try {
      return accepted.get(ShellLimits.REGISTRATION_DEADLINE_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("nobody fails a registration", e);
    } finally {
      registrations.remove(run);
    }
  }

  public void accepted(ExecutorId executor, Incarnation incarnation) {
    CompletableFuture<Boolean> waiting = registrations.get(new Run(executor, incarnation));
    if (waiting != null) {
      waiting.complete(true);
    }
    lock.lock();
    try {
      registrationsSeen++;
      registered.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How many registrations became durable so far. */
  public long registrationsSeen() {
    lock.lock();
    try {
      return registrationsSeen;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for more than {@code seen} registrations, or the time; false when interrupted. */
  public boolean awaitNextRegistration(long seen, long waitMs) {
    long leftNs = TimeUnit.MILLISECONDS.toNanos(waitMs);
    lock.lock();
    try {
      while (registrationsSeen == seen && leftNs > 0) {
        leftNs = registered.awaitNanos(leftNs);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** The core does not know who sent a heartbeat. */
  public void unknown(ExecutorId executor, Incarnation incarnation) {
    unknown.add(new Run(executor, incarnation));
  }

  /** Whether the heartbeat just taken was of someone unknown. */
  boolean takeUnknown(ExecutorId executor, Incarnation incarnation) {
    return unknown.remove(new Run(executor, incarnation));
  }
}
