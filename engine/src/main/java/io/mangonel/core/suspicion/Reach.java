package io.mangonel.core.suspicion;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.task.Incarnation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How many executors each scheduler hears from (rule T3). One that hears from less than half as
 * many as its best peer is blind: it claims nothing; after a while it is useless, and hands its
 * jobs over. Where all hear from few, nobody is blind.
 */
public final class Reach {
  private record Report(int executors, long atMs) {}

  private final SuspicionLimits limits;
  private final Map<Incarnation, Report> peers = new TreeMap<>();
  private long blindSinceMs;

  public Reach(SuspicionLimits limits) {
    this.limits = limits;
  }

  /** The schedulers that have a key. */
  public void listed(List<Incarnation> present) {
    peers.keySet().retainAll(new TreeSet<>(present));
  }

  public void heard(PeerEvent.Heard heard, long nowMs) {
    peers.put(heard.peer(), new Report(heard.executorsReached(), nowMs));
  }

  /**
   * @param executors how many this scheduler hears from
   */
  public boolean blind(int executors, long nowMs) {
    int best =
        peers.values().stream()
            .filter(report -> nowMs - report.atMs <= limits.reportMs())
            .mapToInt(Report::executors)
            .max()
            .orElse(0);
    return 2 * executors < best;
  }

  /** Whether it has been blind for so long that it should not own anything; asked at each tick. */
  public boolean useless(int executors, long nowMs) {
    if (!blind(executors, nowMs)) {
      blindSinceMs = 0;
    } else if (blindSinceMs == 0) {
      blindSinceMs = nowMs;
    }
    return blindSinceMs > 0 && nowMs - blindSinceMs >= limits.uselessMs();
  }

  /** This process stood still, and heard from nobody meanwhile (rule T11). */
  public void stoodStill() {
    blindSinceMs = 0;
  }

  public void encode(RecordWriter out) {
    out.number(blindSinceMs);
    out.list(
        peers.entrySet(),
        (o, e) ->
            o.text(e.getKey().value()).number(e.getValue().executors).number(e.getValue().atMs));
  }
}
