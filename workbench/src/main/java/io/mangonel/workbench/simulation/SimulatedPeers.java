package io.mangonel.workbench.simulation;

import io.mangonel.core.owner.Event;
import io.mangonel.core.suspicion.PeerEffect;
import io.mangonel.core.suspicion.PeerEvent;
import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.workbench.simulation.world.Fault;
import io.mangonel.workbench.simulation.world.World;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The other schedulers, as the product's shell has them: a stream to each that has a key, and what
 * the core wants to know of those that it suspects.
 */
final class SimulatedPeers {
  private static final long CONNECT_MS = 300;
  private static final long PING_MS = 500;

  /** Pings in vain after which a connection counts as broken. */
  private static final int PINGS_LOST_MAX = 3;

  private static final int STORE_MAX_MS = 20;

  /** The stream to one other scheduler. */
  private static final class Link {
    final Incarnation peer;
    final String address;
    @Nullable SimulatedScheduler server; // While it is established.
    int attempt; // News of an earlier one come too late.
    int pingsLost;
    boolean closed;

    Link(Incarnation peer, String address) {
      this.peer = peer;
      this.address = address;
    }
  }

  /** Who hears from this scheduler, by one attempt of one link. */
  private record Follower(SimulatedPeers at, Link link, int attempt) {
    boolean listens() {
      return !link.closed && link.attempt == attempt && !at.scheduler.dead();
    }
  }

  private final SimulatedScheduler scheduler;
  private final Simulation simulation;
  private final World world;
  private final SimulatedProbe probe;
  private final Map<Incarnation, Link> links = new TreeMap<>();
  private final Map<Incarnation, StoredState.Scheduler> known = new TreeMap<>();
  private final List<Follower> followers = new ArrayList<>();

  SimulatedPeers(SimulatedScheduler scheduler) {
    this.scheduler = scheduler;
    this.simulation = scheduler.simulation();
    this.world = simulation.world;
    this.probe =
        new SimulatedProbe(
            simulation,
            scheduler.process(),
            scheduler.address(),
            () -> simulation.oracle.evidence().process(scheduler.self()));
  }

  void start() {
    scheduler.process().every(ShellLimits.PEER_NEWS_MS, this::tellFollowers);
    scheduler.process().everyBeside(PING_MS, this::ping);
  }

  /** The schedulers that have a key now: connects to those that are new. */
  void listed(List<StoredState.Scheduler> present) {
    Set<Incarnation> gone = new HashSet<>(links.keySet());
    for (StoredState.Scheduler one : present) {
      Incarnation id = one.incarnation();
      if (!id.equals(scheduler.self()) && !one.record().address().isEmpty()) {
        known.put(id, one);
        gone.remove(id);
        if (!links.containsKey(id)) {
          var link = new Link(id, one.record().address());
          links.put(id, link);
          open(link);
        }
      }
    }
    for (Incarnation id : gone) {
      Link link = links.remove(id);
      if (link != null) {
        link.closed = true;
      }
    }
  }

  /** Whether it has heard from the other, and would notice its end. */
  boolean follows(Incarnation peer) {
    Link link = links.get(peer);
    return link != null && link.server != null;
  }

  // The stream to another.

  private void open(Link link) {
    int attempt = ++link.attempt;
    var follower = new Follower(this, link, attempt);
    simulation.network.send(
        scheduler.address(),
        link.address,
        () ->
            simulation
                .at(link.address)
                .filter(SimulatedScheduler::answers)
                .ifPresent(there -> there.peers().follow(follower)));
    scheduler
        .process()
        .later(
            CONNECT_MS + ShellLimits.PEER_RECONNECT_MS,
            () -> {
              if (follower.listens() && link.server == null) {
                open(link);
              }
            });
  }

  /** Who is here tells so at once, also when its loop hangs. */
  private void follow(Follower follower) {
    followers.add(follower);
    tell(follower, scheduler.executorsInReach());
  }

  private void tellFollowers() {
    followers.removeIf(follower -> !follower.listens());
    int reached = scheduler.executorsInReach();
    followers.forEach(follower -> tell(follower, reached));
  }

  private void tell(Follower follower, int reached) {
    simulation.network.send(
        scheduler.address(),
        follower.at.scheduler.address(),
        () -> follower.at.process(() -> follower.at.heard(follower, scheduler, reached)));
  }

  private void process(Runnable action) {
    scheduler.process().arrive(action);
  }

  private void heard(Follower from, SimulatedScheduler who, int reached) {
    Link link = from.link;
    if (!from.listens() || !who.self().equals(link.peer)) {
      return; // Its successor has a key, and a link, of its own.
    }
    link.server = who;
    link.pingsLost = 0;
    scheduler.step(new Event.OfPeer(new PeerEvent.Heard(link.peer, reached)));
  }

  /** As its connection's keepalive does. */
  private void ping() {
    for (Link link : List.copyOf(links.values())) {
      SimulatedScheduler server = link.server;
      if (server != null) {
        boolean silent =
            !server.answers() || !simulation.network.bothWays(scheduler.address(), link.address);
        link.pingsLost = silent ? link.pingsLost + 1 : 0;
        if (link.pingsLost > PINGS_LOST_MAX) {
          ended(link);
        }
      }
    }
  }

  private void ended(Link link) {
    boolean broke = link.server != null;
    link.server = null;
    link.attempt++;
    link.pingsLost = 0;
    if (broke && !link.closed) {
      process(() -> scheduler.step(new Event.OfPeer(new PeerEvent.Broke(link.peer))));
      scheduler
          .process()
          .later(
              ShellLimits.PEER_RECONNECT_MS,
              () -> {
                if (!link.closed && link.server == null) {
                  open(link);
                }
              });
    }
  }

  /** This incarnation is over: its side of each connection ends, and the others may notice. */
  void over() {
    for (Follower follower : followers) {
      simulation.network.send(
          scheduler.address(),
          follower.at.scheduler.address(),
          () -> {
            if (follower.listens()) {
              follower.at.ended(follower.link);
            }
          });
    }
    followers.clear();
  }

  /** Some connection of it ends, and nothing else is wrong. */
  void breakSome() {
    var open = links.values().stream().filter(link -> link.server != null).toList();
    if (!open.isEmpty()) {
      world.count(Fault.STREAM_BROKEN);
      ended(world.pick(open));
    }
  }

  /** What is refused now resets the connection that there was. */
  void rejected(String address) {
    for (Link link : List.copyOf(links.values())) {
      if (link.address.equals(address)) {
        ended(link);
      }
    }
  }

  // Suspicion.

  void perform(PeerEffect effect) {
    StoredState.Scheduler peer = known.get(effect.peer());
    if (peer == null) {
      return;
    }
    Incarnation id = peer.incarnation();
    String address = peer.record().address();
    switch (effect) {
      case PeerEffect.TryPeer(_, long inquiry) ->
          probe.look(id, address, seen -> tell(new PeerEvent.Tried(id, inquiry, seen)));
      case PeerEffect.AskWitnesses(_, long inquiry, var ofExecutors, var ofSchedulers) -> {
        for (ExecutorId executor : ofExecutors) {
          ask(
              executor.value(),
              seen -> new PeerEvent.Witnessed(id, inquiry, seen),
              answer -> simulation.executor(executor).testify(id, address, answer));
        }
        for (Incarnation other : ofSchedulers) {
          StoredState.Scheduler witness = known.get(other);
          if (witness != null) {
            String at = witness.record().address();
            ask(
                at,
                seen -> new PeerEvent.Witnessed(id, inquiry, seen),
                answer ->
                    simulation
                        .at(at)
                        .filter(SimulatedScheduler::answers)
                        .ifPresent(there -> there.peers().testify(id, address, answer)));
          }
        }
      }
      case PeerEffect.RemoveKey _ ->
          scheduler
              .process()
              .later(
                  1 + world.random.nextInt(STORE_MAX_MS),
                  () -> scheduler.member().removeSuspected(peer));
    }
  }

  private void tell(PeerEvent event) {
    scheduler.step(new Event.OfPeer(event));
  }

  /** The question goes there, and the answer back. */
  private void ask(
      String whom, Function<Sighting, PeerEvent> report, Consumer<Consumer<Sighting>> question) {
    String me = scheduler.address();
    simulation.network.send(
        me,
        whom,
        () ->
            question.accept(
                seen ->
                    simulation.network.send(
                        whom, me, () -> process(() -> tell(report.apply(seen))))));
  }

  private void testify(Incarnation about, String address, Consumer<Sighting> answer) {
    boolean isKnown =
        known.values().stream().anyMatch(one -> one.record().address().equals(address));
    if (isKnown) {
      probe.testify(about, address, answer);
    } else {
      answer.accept(Sighting.SILENT);
    }
  }
}
