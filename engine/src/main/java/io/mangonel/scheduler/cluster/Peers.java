package io.mangonel.scheduler.cluster;

import io.mangonel.core.owner.Event;
import io.mangonel.core.suspicion.PeerEffect;
import io.mangonel.core.suspicion.PeerEvent;
import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.scheduler.insight.SchedulerMetrics;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.loop.EventQueue;
import io.mangonel.scheduler.store.FencedStore;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.state.StateException;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Reply;
import io.mangonel.wire.executor.ExecutorClient;
import io.mangonel.wire.scheduler.SchedulerClient;
import io.mangonel.wire.scheduler.SchedulerWitness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other schedulers: stays connected to each that has a key, and finds out about those that the
 * core suspects. Decides nothing.
 */
public final class Peers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

  private final Incarnation self;
  private final SchedulerClient schedulers;
  private final ExecutorClient executors;
  private final Function<ExecutorId, Optional<HostPort>> executorAddress;
  private final EventQueue events;
  private final SchedulerMetrics metrics;
  private final Consumer<Throwable> onFatal;
  private final SchedulerWitness witness;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("scheduler-peers").factory());
  private final Map<Incarnation, PeerLink> links = new HashMap<>();

  /** Every scheduler that ever had a key while this one ran, bounded; where, and which key. */
  private final Map<Incarnation, StoredState.Scheduler> known = new ConcurrentHashMap<>();

  private volatile @Nullable FencedStore store;
  private volatile @Nullable Members members;
  private boolean closed;

  /** Whom it asks. */
  public record Contacts(
      SchedulerClient schedulers,
      ExecutorClient executors,
      Function<ExecutorId, Optional<HostPort>> executorAddress) {}

  /**
   * @param onFatal gets an error that no code of ours expected
   */
  public Peers(
      Incarnation self,
      Contacts contacts,
      EventQueue events,
      SchedulerMetrics metrics,
      Consumer<Throwable> onFatal) {
    this.metrics = metrics;
    this.self = self;
    this.schedulers = contacts.schedulers;
    this.executors = contacts.executors;
    this.executorAddress = contacts.executorAddress;
    this.events = events;
    this.onFatal = onFatal;
    this.witness = new SchedulerWitness(schedulers, this::isAddress);
  }

  /**
   * @param fenced through which keys are deleted
   * @param told of what came of it
   */
  public void start(FencedStore fenced, Members told) {
    store = fenced;
    members = told;
  }

  private boolean isAddress(HostPort address) {
    return known.values().stream()
        .anyMatch(one -> one.address().filter(address::equals).isPresent());
  }

  /** The schedulers that have a key now: connects to those that are new. */
  public void listed(List<StoredState.Scheduler> present) {
    List<PeerLink> gone = new ArrayList<>();
    List<PeerLink> fresh = new ArrayList<>();
    synchronized (links) {
      if (closed) {
        return;
      }
      Map<Incarnation, PeerLink> before = new HashMap<>(links);
      for (StoredState.Scheduler one : present) {
        Optional<HostPort> address = one.address();
        if (one.incarnation().equals(self) || address.isEmpty()) {
          continue;
        }
        known.put(one.incarnation(), one);
        if (before.remove(one.incarnation()) == null) {
          var link =
              new PeerLink(
                  new PeerLink.Surroundings(self, schedulers, events, timer),
                  one.incarnation(),
                  address.get());
          links.put(one.incarnation(), link);
          fresh.add(link);
        }
      }
      links.keySet().removeAll(before.keySet());
      gone.addAll(before.values());
      if (known.size() > ShellLimits.KNOWN_SCHEDULERS_MAX) {
        known.keySet().retainAll(links.keySet());
      }
    }
    gone.forEach(PeerLink::close);
    fresh.forEach(PeerLink::open);
  }

  /** What this scheduler sees of another one, for a third that asks. */
  public Sighting testify(Incarnation scheduler, HostPort address) {
    Sighting seen = witness.testify(scheduler, address);
    LOG.info("asked about scheduler {} at {}: {}", scheduler, address, seen);
    return seen;
  }

  /** Never waits. */
  public void perform(PeerEffect effect) {
    StoredState.Scheduler peer = known.get(effect.peer());
    HostPort address = peer == null ? null : peer.address().orElse(null);
    switch (effect) {
      case PeerEffect.TryPeer(var id, long inquiry) ->
          run(
              () -> {
                Sighting seen = address == null ? Sighting.SILENT : witness.look(id, address);
                LOG.info("scheduler {} at {} is {}", id, address, seen);
                events.put(new Event.OfPeer(new PeerEvent.Tried(id, inquiry, seen)));
              });
      case PeerEffect.AskWitnesses(var id, long inquiry, var ofExecutors, var ofSchedulers) -> {
        if (address != null) {
          for (ExecutorId executor : ofExecutors) {
            executorAddress
                .apply(executor)
                .ifPresent(
                    at ->
                        ask(
                            new Question(id, inquiry),
                            "executor " + executor,
                            () -> executors.witness(at, id, address)));
          }
          for (Incarnation other : ofSchedulers) {
            Optional.ofNullable(known.get(other))
                .flatMap(StoredState.Scheduler::address)
                .ifPresent(
                    at ->
                        ask(
                            new Question(id, inquiry),
                            "scheduler " + other,
                            () -> schedulers.witness(at, id, address)));
          }
        }
      }
      case PeerEffect.RemoveKey(var id) -> {
        if (peer != null) {
          run(() -> remove(peer));
        }
      }
    }
  }

  private record Question(Incarnation about, long inquiry) {}

  private void ask(Question question, String whom, Supplier<Reply<Sighting>> call) {
    Incarnation about = question.about;
    run(
        () -> {
          Reply<Sighting> reply = call.get();
          if (reply instanceof Reply.Answered<Sighting>(var seen)) {
            LOG.info("{} says of scheduler {}: {}", whom, about, seen);
            events.put(new Event.OfPeer(new PeerEvent.Witnessed(about, question.inquiry, seen)));
          } else {
            LOG.info("{} says nothing of scheduler {}: {}", whom, about, reply);
          }
        });
  }

  private void remove(StoredState.Scheduler peer) {
    FencedStore fenced = store;
    Members told = members;
    if (fenced == null || told == null) {
      return;
    }
    if (fenced.removeSuspected(peer)) {
      metrics.suspected();
      told.removed(peer.incarnation());
      LOG.warn("scheduler {} is gone by suspicion: its key is deleted", peer.incarnation());
    } else {
      told.listNow();
      LOG.info("the key of scheduler {} is not deleted by this one", peer.incarnation());
    }
  }

  private void run(Runnable work) {
    Thread.ofVirtual()
        .name("peer")
        .start(
            () -> {
              try {
                work.run();
              } catch (StateException away) {
                LOG.warn("not done now: {}", away.getMessage());
              } catch (RuntimeException | Error bug) {
                failed(bug);
              }
            });
  }

  private void failed(Throwable bug) {
    synchronized (links) {
      if (closed) {
        return; // The store and the channels are being closed.
      }
    }
    onFatal.accept(bug);
  }

  @Override
  public void close() {
    List<PeerLink> open;
    synchronized (links) {
      closed = true;
      open = List.copyOf(links.values());
      links.clear();
    }
    timer.shutdownNow();
    open.forEach(PeerLink::close);
  }
}
