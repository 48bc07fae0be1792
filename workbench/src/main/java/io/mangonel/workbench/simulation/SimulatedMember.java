package io.mangonel.workbench.simulation;

import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.suspicion.Lineage;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.cluster.Takeovers;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.loop.Renewal;
import io.mangonel.scheduler.store.FencedStore;
import io.mangonel.scheduler.store.Look;
import io.mangonel.scheduler.store.StoreSweep;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.scheduler.store.Survey;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import io.mangonel.workbench.simulation.store.FaultyStateBackend;
import io.mangonel.workbench.simulation.world.Fault;
import io.mangonel.workbench.simulation.world.World;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a scheduler process does because it is one of several on its store. */
final class SimulatedMember {
  private static final int STORE_MAX_MS = 20;
  private static final int DIES_WITHIN_MS = 300;
  private static final long SWEEP_MS = 2_000;

  private final SimulatedScheduler scheduler;
  private final Simulation simulation;
  private final World world;
  private final FaultyStateBackend view;
  private final FencedStore fenced;
  private final StoredState reader;
  private final Takeovers takeovers;
  private final Set<JobId> cancelled = new TreeSet<>();
  private final Set<JobId> inherited = new TreeSet<>();
  private List<StoredState.Scheduler> present = List.of();
  private Survey lately = Survey.NOTHING;
  private boolean listing;

  SimulatedMember(
      SimulatedScheduler scheduler,
      FaultyStateBackend view,
      FencedStore fenced,
      StoredState reader) {
    this.scheduler = scheduler;
    this.simulation = scheduler.simulation();
    this.world = simulation.world;
    this.view = view;
    this.fenced = fenced;
    this.reader = reader;
    this.takeovers = new Takeovers(fenced, reader);
  }

  /** Alone, or one of several. */
  static FencedStore register(
      Simulation simulation, FaultyStateBackend view, SimulatedScheduler.Identity identity) {
    Incarnation self = identity.self();
    String address = identity.address();
    if (!simulation.scenario.several()) {
      return simulation.store.registerAlone(view, self);
    }
    Lineage formerly = identity.before().map(SimulatedScheduler::lineage).orElse(Lineage.NONE);
    FencedStore store =
        FencedStore.registerAmong(
            view,
            self,
            formerly,
            address,
            simulation.world.nowMs(),
            ShellLimits.SHARED_LEASE_TTL_MS);
    simulation.store.registered(store);
    formerly
        .last()
        .ifPresent(
            was -> simulation.oracle.evidence().cameBack(self, was, simulation.store.noted(was)));
    if (simulation.scenario.storeHolds()) {
      simulation.store.checkAlone(self, address);
    }
    return store;
  }

  /** Lists, watches, renews its lease. */
  void joins() {
    // Before anything else: what an executor reports may be of a job that is another's.
    scheduler.step(new Event.SchedulersListed(reader.schedulerIncarnations()));
    scheduler.peers().start();
    list();
    view.watch(Keyspace.SCHEDULERS, "", this::changed);
    view.watch(Keyspace.CANCELS, "", this::changed);
    scheduler.process().every(ShellLimits.MEMBERS_LIST_MS, this::list);
    scheduler.process().everyBeside(ShellLimits.KEEP_ALIVE_MS, this::renew);
    var sweep = new StoreSweep(reader, fenced, scheduler::kept, this::isMine, inherited::remove);
    scheduler.process().every(SWEEP_MS, () -> unlessAway(sweep::run));
  }

  /** Its own commits change a scheduler's key, too: only what comes and goes matters. */
  private void changed(StateBackend.Change change) {
    boolean counts =
        switch (change) {
          case StateBackend.Change.Put(var entry) ->
              entry.createRevision() == entry.modifyRevision();
          case StateBackend.Change.Deleted _, StateBackend.Change.Lost _ -> true;
        };
    if (counts && !listing) {
      listing = true;
      scheduler
          .process()
          .later(
              1 + world.random.nextInt(STORE_MAX_MS),
              () -> {
                listing = false;
                list();
              });
    }
  }

  private void list() {
    unlessAway(
        () -> {
          Look look = reader.look();
          lately = look.survey();
          present = look.schedulers();
          scheduler.peers().listed(present);
          scheduler.step(
              new Event.SchedulersListed(
                  present.stream().map(StoredState.Scheduler::incarnation).toList(),
                  present.stream().flatMap(one -> one.succession().stream()).toList()));
          var marks = new TreeSet<>(look.cancelMarks());
          cancelled.retainAll(marks);
          for (JobId job : marks) {
            if (cancelled.add(job)) {
              scheduler.step(new Event.CancelRequested(job, "cancelled on request"));
            }
          }
        });
  }

  private void unlessAway(Runnable action) {
    try {
      action.run();
    } catch (StateException away) {
      world.say(scheduler.self() + ": " + away.getMessage());
    }
  }

  /** Rule T3: who makes no round is not renewed. */
  private void renew() {
    if (!Renewal.isOfUse(scheduler.sinceRoundMs(), 0, SimulatedLimits.ROUND_MAX_MS)) {
      world.say(scheduler.self() + " is not renewed");
      return;
    }
    unlessAway(
        () -> {
          if (!fenced.keepAlive()) {
            world.count(Fault.SCHEDULER_FENCED);
            scheduler.fencedOut();
          }
        });
  }

  /** Rule T1: the list shows what came of it. */
  void removeSuspected(StoredState.Scheduler peer) {
    unlessAway(
        () -> {
          boolean removed = fenced.removeSuspected(peer);
          world.say(scheduler.self() + " suspects " + peer.incarnation() + ": " + removed);
          list();
        });
  }

  /** Where all listen, as it was listed last. */
  List<String> addresses() {
    return present.stream()
        .map(one -> one.record().address())
        .filter(address -> !address.isEmpty())
        .toList();
  }

  /** Whose ended jobs it keeps: its own, and as the first of all those of who is gone. */
  private boolean isMine(StoredState.LastOwner ended) {
    if (ended.owner().equals(scheduler.self()) || inherited.contains(ended.job())) {
      return true;
    }
    var here = present.stream().map(StoredState.Scheduler::incarnation).toList();
    boolean first =
        here.stream().min(Comparator.naturalOrder()).filter(scheduler.self()::equals).isPresent();
    if (first && !here.contains(ended.owner())) {
      inherited.add(ended.job());
      scheduler.watch().inherits(ended.job(), world.nowMs());
      scheduler.step(new Event.EndedJobLoaded(ended.job(), ended.epoch()));
      return true;
    }
    return false;
  }

  // Takeover.

  void listOrphans() {
    var here = present.stream().map(StoredState.Scheduler::incarnation).toList();
    var known = takeovers.known(lately, here::contains);
    scheduler
        .process()
        .later(
            1 + world.random.nextInt(STORE_MAX_MS),
            () -> {
              if (!known.isEmpty()) {
                scheduler.step(new Event.OrphansKnown(known));
              }
              scheduler.step(orphans());
            });
  }

  private Event orphans() {
    try {
      return new Event.OrphansListed(takeovers.orphans());
    } catch (StateException away) {
      return new Event.OrphansUnreadable();
    }
  }

  void claim(Effect.ClaimJobs claim) {
    scheduler.process().later(1 + world.random.nextInt(STORE_MAX_MS), () -> claimNow(claim));
  }

  private void claimNow(Effect.ClaimJobs claim) {
    unlessAway(
        () -> {
          var ours = takeovers.claim(claim, scheduler.process().nowMs());
          ours.forEach(job -> scheduler.load(job.job(), true));
          if (!ours.isEmpty() && world.happens(Fault.DIED_WHILE_TAKING_OVER)) {
            world.after(world.random.nextInt(DIES_WITHIN_MS), () -> simulation.kill(scheduler));
          }
        });
    scheduler.step(new Event.ClaimAnswered(claim.jobs()));
  }
}
