package io.mangonel.workbench.chaos;

import io.mangonel.cli.demo.EtcdMember;
import io.mangonel.cli.demo.Server;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.workbench.chaos.record.History;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Starts again what has ended by itself, as an operator's supervisor does: a scheduler that lost
 * its key ends, and so does an etcd whose disk is full. What a fault holds down it leaves alone.
 */
final class Supervisor implements AutoCloseable {
  private static final long LOOK_MS = 200;
  private static final long PAUSE_MS = 1_000;

  private final ChaosCluster cluster;
  private final History history;
  private final Map<String, Boolean> held = new ConcurrentHashMap<>();
  private final List<String> endings = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);

  Supervisor(ChaosCluster cluster, History history) {
    this.cluster = cluster;
    this.history = history;
  }

  void start() {
    Thread.ofPlatform().daemon().name("supervisor").start(this::watch);
  }

  /** Leaves it alone from now on; returns false when somebody else has it already. */
  boolean hold(String name) {
    return held.putIfAbsent(name, true) == null;
  }

  void release(String name) {
    held.remove(name);
  }

  /** Which ended by themselves, and what they said last. */
  List<String> endings() {
    return List.copyOf(endings);
  }

  private void watch() {
    try {
      while (!closing.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
        for (Server server : cluster.servers().schedulers()) {
          restart(server.name(), server::isAlive, () -> lastWords(server), server::start);
        }
        for (Server server : cluster.servers().executors()) {
          restart(server.name(), server::isAlive, () -> lastWords(server), server::start);
        }
        for (EtcdMember member : cluster.servers().etcd().members()) {
          restart(
              member.name(),
              () -> member.process().isAlive(),
              () -> "its log is " + member.log(),
              member::start);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (CommandFailure e) {
      // The cluster is being closed: nothing is started any more.
    }
  }

  private static String lastWords(Server server) {
    return server.process().lastError();
  }

  private void restart(
      String name, BooleanSupplier alive, Supplier<String> lastWords, Runnable start)
      throws InterruptedException {
    if (alive.getAsBoolean() || !hold(name)) {
      return;
    }
    try {
      if (!alive.getAsBoolean()) {
        Instant seen = Instant.now();
        endings.add(name + ": " + lastWords.get());
        if (!closing.await(PAUSE_MS, TimeUnit.MILLISECONDS)) {
          start.run();
          history.add(History.Kind.DOWN, name, seen, Instant.now(), "ended by itself");
        }
      }
    } finally {
      release(name);
    }
  }

  @Override
  public void close() {
    closing.countDown();
  }
}
