package io.mangonel.core.suspicion;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What speaks against other schedulers (rules T1, T2). One counts as gone when the established
 * stream to it broke, reconnecting is refused twice or another incarnation answers, and a third
 * party saw the same; then its key is deleted, and takeover goes as after the end of a lease. One
 * that lives after all proves an error, which ends suspicion between the two for a while.
 */
public final class Suspicions {
  /** One peer whose stream broke. */
  private static final class Case {
    final long sinceMs;
    long inquiry;
    int refusals;
    boolean replaced;
    boolean witnessed;
    boolean trying;
    long triedAtMs;
    long askedAtMs = NEVER;
    long removedAtMs = NEVER;
    long removeSentAtMs;

    Case(long sinceMs, long inquiry) {
      this.sinceMs = sinceMs;
      this.inquiry = inquiry;
    }

    /** What was seen so far is void, and what is still to be answered. */
    void beginAnew(long newInquiry) {
      inquiry = newInquiry;
      trying = false;
      fade();
    }

    /** What was seen so far is too old to be put together with what is seen from now on. */
    void fade() {
      refusals = 0;
      replaced = false;
      witnessed = false;
      askedAtMs = NEVER;
    }

    boolean removed() {
      return removedAtMs != NEVER;
    }
  }

  private static final long NEVER = -1;

  private final Incarnation self;
  private final SuspicionLimits limits;
  private final Map<Incarnation, Case> cases = new TreeMap<>();
  private final TreeSet<Incarnation> connected = new TreeSet<>();
  private final TreeSet<Incarnation> present = new TreeSet<>();
  private final TreeSet<Incarnation> successors = new TreeSet<>();

  /** All that this process has had. */
  private final TreeSet<Incarnation> names = new TreeSet<>();

  private final Map<Incarnation, Long> offUntilMs = new TreeMap<>();
  private final List<PeerEffect> effects = new ArrayList<>();
  private long inquiries;

  public Suspicions(Incarnation self, SuspicionLimits limits) {
    this.self = self;
    this.limits = limits;
    names.add(self);
  }

  /** The schedulers that have a key, and which of them were others before. */
  public void listed(List<Incarnation> now, List<Succession> successions, long nowMs) {
    present.clear();
    present.addAll(now);
    connected.removeIf(peer -> !present.contains(peer));
    successors.retainAll(present);
    var fresh = successions.stream().filter(one -> successors.add(one.to())).toList();
    fresh.forEach(succession -> erred(succession, nowMs));
    fresh.forEach(this::succeeded); // The pair of an error goes on under the new name.
  }

  /** Perhaps not all of its names were seen here: some do not live for long. */
  private void succeeded(Succession succession) {
    for (Incarnation name : succession.was().names()) {
      Long before = offUntilMs.get(name);
      if (before != null) {
        offUntilMs.merge(succession.to(), before, Math::max);
      }
    }
  }

  private void erred(Succession succession, long nowMs) {
    if (succession.to().equals(self)) {
      succession.was().off().forEach(other -> off(other, nowMs));
    } else if (succession.was().off().stream().anyMatch(names::contains)) {
      off(succession.to(), nowMs);
    }
  }

  /** Between whom and this process suspicion is off, and until when: for its next incarnation. */
  public Map<Incarnation, Long> offUntilMs() {
    return new TreeMap<>(offUntilMs);
  }

  /**
   * What the incarnation before knew; before anything else.
   *
   * @param before names of this process
   */
  public void inherit(Map<Incarnation, Long> offUntilMsBefore, List<Incarnation> before) {
    offUntilMs.putAll(offUntilMsBefore);
    names.addAll(before);
  }

  /** Who took this process for dead before it came back: known at once, whatever lists show. */
  public void cameBack(Incarnation suspectedBy, long nowMs) {
    off(suspectedBy, nowMs);
  }

  private void off(Incarnation peer, long nowMs) {
    offUntilMs.put(peer, nowMs + limits.offMs());
    cases.remove(peer);
  }

  private boolean isOff(Incarnation peer, long nowMs) {
    return nowMs < offUntilMs.getOrDefault(peer, 0L);
  }

  /**
   * Takes what was learnt.
   *
   * @param executors those in reach, who can be asked
   */
  public void take(PeerEvent event, Supplier<List<ExecutorId>> executors, long nowMs) {
    switch (event) {
      case PeerEvent.Heard(var peer, int _) -> {
        connected.add(peer);
        alive(peer, nowMs);
      }
      case PeerEvent.Broke(var peer) -> {
        if (connected.remove(peer) && !cases.containsKey(peer) && !isOff(peer, nowMs)) {
          var opened = new Case(nowMs, ++inquiries);
          cases.put(peer, opened);
          tryPeer(peer, opened, nowMs);
        }
      }
      case PeerEvent.Tried(var peer, long inquiry, var sighting) -> {
        Case open = about(peer, inquiry, sighting);
        if (open != null) {
          open.trying = false;
          tried(peer, open, sighting, nowMs);
          askIfDue(peer, open, executors, nowMs);
        }
      }
      case PeerEvent.Witnessed(var peer, long inquiry, var sighting) -> {
        Case open = about(peer, inquiry, sighting);
        if (open != null && sighting == Sighting.ALIVE) {
          seenAlive(peer, open, nowMs);
        } else if (open != null && sighting.isEvidence()) {
          open.witnessed = true;
          judge(peer, open, nowMs);
        }
      }
    }
  }

  /** The case that an answer belongs to. A sign of life counts whatever it answers. */
  private @Nullable Case about(Incarnation peer, long inquiry, Sighting sighting) {
    Case open = cases.get(peer);
    boolean counts = open != null && (open.inquiry == inquiry || sighting == Sighting.ALIVE);
    return counts ? open : null;
  }

  private void tried(Incarnation peer, Case open, Sighting sighting, long nowMs) {
    switch (sighting) {
      case ALIVE -> seenAlive(peer, open, nowMs);
      case REPLACED -> open.replaced = true;
      case REFUSED -> open.refusals++;
      case SILENT -> {}
    }
    judge(peer, open, nowMs);
  }

  /**
   * It lived a moment ago: all evidence is void. But its stream is still broken, perhaps because it
   * is just ending, and what is seen from now on counts.
   */
  private void seenAlive(Incarnation peer, Case open, long nowMs) {
    if (open.removed()) {
      alive(peer, nowMs);
    } else {
      open.beginAnew(++inquiries);
    }
  }

  /** It lives: the case is closed, and if its key was deleted, that was an error (rule T2). */
  private void alive(Incarnation peer, long nowMs) {
    Case closed = cases.remove(peer);
    if (closed != null && closed.removed()) {
      off(peer, nowMs);
    }
  }

  private boolean proven(Case open) {
    return open.replaced || open.refusals >= limits.refusalsMin();
  }

  private void judge(Incarnation peer, Case open, long nowMs) {
    if (cases.get(peer) == open
        && !open.removed()
        && proven(open)
        && open.witnessed
        && present.contains(peer)) {
      open.removedAtMs = nowMs;
      remove(peer, open, nowMs);
    }
  }

  private void remove(Incarnation peer, Case open, long nowMs) {
    open.removeSentAtMs = nowMs;
    effects.add(new PeerEffect.RemoveKey(peer));
  }

  private void tryPeer(Incarnation peer, Case open, long nowMs) {
    open.trying = true;
    open.triedAtMs = nowMs;
    effects.add(new PeerEffect.TryPeer(peer, open.inquiry));
  }

  /**
   * Time passed.
   *
   * @param executors those in reach, who can be asked
   */
  public void tick(Supplier<List<ExecutorId>> executors, long nowMs) {
    offUntilMs.values().removeIf(untilMs -> nowMs >= untilMs);
    for (Incarnation peer : List.copyOf(cases.keySet())) {
      Optional.ofNullable(cases.get(peer))
          .ifPresent(
              open -> {
                if (open.removed()) {
                  watch(peer, open, executors, nowMs);
                } else if (nowMs - open.sinceMs >= limits.caseMs()) {
                  cases.remove(peer);
                } else {
                  pursue(peer, open, executors, nowMs);
                }
              });
    }
  }

  /** Looks for what is missing. When it does not come, all is looked at again. */
  private void pursue(
      Incarnation peer, Case open, Supplier<List<ExecutorId>> executors, long nowMs) {
    if (open.askedAtMs != NEVER && nowMs - open.askedAtMs >= limits.askPauseMs()) {
      open.fade();
    }
    if (!proven(open) && due(open, limits.tryPauseMs(), nowMs)) {
      tryPeer(peer, open, nowMs);
    }
    askIfDue(peer, open, executors, nowMs);
    judge(peer, open, nowMs); // It may not have been listed before.
  }

  /** From the first sign on, so that witnesses look while this scheduler does. */
  private void askIfDue(
      Incarnation peer, Case open, Supplier<List<ExecutorId>> executors, long nowMs) {
    boolean begun = open.replaced || open.refusals > 0;
    if (cases.get(peer) == open && begun && open.askedAtMs == NEVER) {
      ask(peer, open, executors, nowMs);
    }
  }

  /** Its key is, or will be, deleted: does it live after all? */
  private void watch(
      Incarnation peer, Case open, Supplier<List<ExecutorId>> executors, long nowMs) {
    if (nowMs - open.removedAtMs >= limits.watchMs()) {
      cases.remove(peer);
    } else if (due(open, limits.watchPauseMs(), nowMs)) {
      tryPeer(peer, open, nowMs);
      ask(peer, open, executors, nowMs);
    }
    if (present.contains(peer) && nowMs - open.removeSentAtMs >= limits.removeRetryMs()) {
      remove(peer, open, nowMs);
    }
  }

  private boolean due(Case open, long pauseMs, long nowMs) {
    long sinceMs = nowMs - open.triedAtMs;
    return open.trying ? sinceMs >= limits.tryLostMs() : sinceMs >= pauseMs;
  }

  private void ask(Incarnation peer, Case open, Supplier<List<ExecutorId>> executors, long nowMs) {
    open.askedAtMs = nowMs;
    var schedulers =
        connected.stream()
            .filter(other -> !other.equals(peer) && !other.equals(self))
            .limit(limits.schedulerWitnessesMax())
            .toList();
    var asked = executors.get().stream().limit(limits.executorWitnessesMax()).toList();
    if (!asked.isEmpty() || !schedulers.isEmpty()) {
      effects.add(new PeerEffect.AskWitnesses(peer, open.inquiry, asked, schedulers));
    }
  }

  /** Drains what is to be done. */
  public List<PeerEffect> takeEffects() {
    var taken = List.copyOf(effects);
    effects.clear();
    return taken;
  }

  public void encode(RecordWriter out) {
    out.list(present, (o, one) -> o.text(one.value()));
    out.list(connected, (o, one) -> o.text(one.value()));
    out.list(successors, (o, one) -> o.text(one.value()));
    out.list(names, (o, one) -> o.text(one.value()));
    out.list(offUntilMs.entrySet(), (o, e) -> o.text(e.getKey().value()).number(e.getValue()));
    out.list(
        cases.entrySet(),
        (o, e) -> {
          Case open = e.getValue();
          o.text(e.getKey().value())
              .number(open.sinceMs)
              .number(open.inquiry)
              .number(open.refusals);
          o.flag(open.replaced).flag(open.witnessed).flag(open.trying);
          o.number(open.triedAtMs).number(open.askedAtMs);
          o.number(open.removedAtMs).number(open.removeSentAtMs);
        });
  }
}
