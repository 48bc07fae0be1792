package io.mangonel.core.record;

import io.mangonel.core.graph.GraphTransition;
import java.util.List;

/**
 * One entry of a job's log, as the store has it.
 *
 * @param owner the scheduler incarnation that wrote it; empty when it is of before version 3
 * @param epoch the job's epoch then; 0 when it is of before version 3
 * @param atMs when each transition was made by the owner's clock, milliseconds since 1970, for
 *     people only; 0 when that is not known
 */
public record LogEntry(
    String owner, long epoch, List<GraphTransition> transitions, List<Long> atMs) {
  public LogEntry {
    transitions = List.copyOf(transitions);
    atMs = List.copyOf(atMs);
    if (atMs.size() != transitions.size()) {
      throw new IllegalArgumentException("each transition has a time");
    }
  }
}
