package io.mangonel.workbench.simulation.oracle;

import java.util.ArrayList;
import java.util.List;

/** When a scheduler stood still, and could do nothing. */
final class Pauses {
  private record Pause(long fromMs, long toMs) {}

  private final List<Pause> pauses = new ArrayList<>();

  void add(long fromMs, long toMs) {
    pauses.add(new Pause(fromMs, toMs));
  }

  /** How much of that time; what overlaps counts twice. */
  long within(long fromMs, long toMs) {
    return pauses.stream()
        .mapToLong(pause -> Math.min(toMs, pause.toMs) - Math.max(fromMs, pause.fromMs))
        .filter(ms -> ms > 0)
        .sum();
  }
}
