package io.mangonel.workbench.simulation.oracle;

import static io.mangonel.workbench.simulation.oracle.Oracle.check;

import io.mangonel.core.suspicion.PeerEvent;
import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.suspicion.SuspicionLimits;
import io.mangonel.core.task.Incarnation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was really seen of schedulers, by whom, and so whether one may be suspected (rules T1, T2),
 * and whether one that hands its jobs over is useless (rule T3).
 */
public final class Evidence {
  /** News come each second, may be late, and are believed for a while. */
  private static final long NEWS_SLACK_MS = 1_000;

  private record Seen(String observer, Sighting sighting, long atMs) {}

  /** What one scheduler was told of another. */
  private static final class File {
    boolean connected;
    @Nullable Long brokeAtMs;

    /** Since the stream broke and nobody has told it that the other lives. */
    int refusals;

    boolean witnessed;
    int reach;
    long reachAtMs;
  }

  /** Two processes of which one deleted the key of the other, which lived. */
  private record Duel(String suspecting, String victim) {}

  private final SuspicionLimits limits = SuspicionLimits.DEFAULTS;
  private final Map<Incarnation, List<Seen>> seen = new TreeMap<>();
  private final Map<Incarnation, Map<Incarnation, File>> files = new TreeMap<>();
  private final Map<Incarnation, String> processes = new TreeMap<>();
  private final Map<Incarnation, Incarnation> suspectedBy = new TreeMap<>();
  private final Map<Duel, Boolean> duels = new HashMap<>(); // Whether the first knows of it.

  /**
   * A scheduler starts.
   *
   * @param process that it has in common with those that it was before
   */
  public void started(Incarnation scheduler, String process) {
    processes.put(scheduler, process);
  }

  /** The name of the process that it is a run of: what it sees is that one's testimony. */
  public String process(Incarnation scheduler) {
    return processes.getOrDefault(scheduler, scheduler.value());
  }

  private File file(Incarnation of, Incarnation about) {
    return files.computeIfAbsent(of, _ -> new TreeMap<>()).computeIfAbsent(about, _ -> new File());
  }

  /**
   * Somebody looked who is at the address of a scheduler.
   *
   * @param observer an executor, or the {@link #process} of a scheduler
   */
  public void sighted(String observer, Incarnation about, Sighting sighting, long nowMs) {
    seen.computeIfAbsent(about, _ -> new ArrayList<>()).add(new Seen(observer, sighting, nowMs));
  }

  /** A scheduler is told of another. */
  public void told(Incarnation scheduler, PeerEvent event, long nowMs) {
    File file = file(scheduler, event.peer());
    switch (event) {
      case PeerEvent.Heard heard -> {
        file.connected = true;
        file.brokeAtMs = null;
        forget(file);
        file.reach = heard.executorsReached();
        file.reachAtMs = nowMs;
      }
      case PeerEvent.Broke _ -> {
        if (file.connected) {
          file.connected = false;
          file.brokeAtMs = nowMs;
          forget(file);
        }
      }
      case PeerEvent.Tried(_, _, var sighting) -> {
        if (sighting == Sighting.ALIVE) {
          forget(file);
        }
        file.refusals += weight(sighting);
      }
      case PeerEvent.Witnessed(_, _, var sighting) -> {
        if (sighting == Sighting.ALIVE) {
          forget(file);
        }
        file.witnessed |= weight(sighting) > 0;
      }
    }
  }

  private static void forget(File file) {
    file.refusals = 0;
    file.witnessed = false;
  }

  private int weight(Sighting sighting) {
    return switch (sighting) {
      case REPLACED -> limits.refusalsMin();
      case REFUSED -> 1;
      case ALIVE, SILENT -> 0;
    };
  }

  /** A scheduler wants the key of another deleted. */
  void removes(Incarnation scheduler, Incarnation peer) {
    String observer = process(scheduler);
    File file = file(scheduler, peer);
    Long sinceMs = file.brokeAtMs;
    String what = scheduler + " about " + peer;
    if (sinceMs == null) {
      throw new AssertionError("T1: no stream broke, or it is there again: " + what);
    }
    check(
        file.refusals >= limits.refusalsMin() && file.witnessed,
        "T1: it was seen alive, and too little was seen since: " + what);
    Map<String, Integer> refused = new TreeMap<>();
    for (Seen one : seen.getOrDefault(peer, List.of())) {
      int weight = weight(one.sighting);
      if (one.atMs >= sinceMs && weight > 0) {
        refused.merge(one.observer, weight, Integer::sum);
      }
    }
    check(
        refused.getOrDefault(observer, 0) >= limits.refusalsMin(),
        "T1: not refused twice: " + what + ", " + refused);
    check(
        refused.entrySet().stream()
            .anyMatch(e -> !e.getKey().equals(observer) && e.getValue() >= limits.refusalsMin()),
        "T1: nobody else saw it: " + what + ", " + refused);
    check(!knows(scheduler, peer), "T2: suspects again after an error: " + what);
  }

  private boolean knows(Incarnation scheduler, Incarnation peer) {
    String one = process(scheduler);
    String other = process(peer);
    return duels.containsKey(new Duel(other, one))
        || duels.getOrDefault(new Duel(one, other), false);
  }

  /** A key was deleted by suspicion. */
  void removed(Incarnation peer, Incarnation by) {
    suspectedBy.put(peer, by);
  }

  /**
   * A scheduler has its key, and its process was another one before.
   *
   * @param noteKept whether it is still written who suspected that one
   */
  public void cameBack(Incarnation scheduler, Incarnation formerly, boolean noteKept) {
    String process = process(scheduler);
    Incarnation by = suspectedBy.get(formerly);
    if (by != null && noteKept) {
      duels.put(new Duel(process(by), process), false);
    }
  }

  /** A scheduler is told which there are: of its victim it sees then that it lives. */
  public void listed(Incarnation scheduler, List<Incarnation> present) {
    for (Incarnation one : present) {
      duels.computeIfPresent(new Duel(process(scheduler), process(one)), (_, _) -> true);
    }
  }

  /** Whether one that hears from so few executors hands its jobs over rightly. */
  public boolean isUseless(Incarnation scheduler, int executors, long nowMs) {
    return files.getOrDefault(scheduler, Map.of()).values().stream()
        .anyMatch(
            file ->
                nowMs - file.reachAtMs <= limits.reportMs() + NEWS_SLACK_MS
                    && 2 * executors < file.reach);
  }
}
