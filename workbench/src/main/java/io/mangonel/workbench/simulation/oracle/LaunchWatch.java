package io.mangonel.workbench.simulation.oracle;

import io.mangonel.core.owner.Event;
import io.mangonel.core.owner.Limits;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The launches of one scheduler of which it has heard nothing: each is to be sent again before long
 * (rule T9). Time is counted in its ticks, so that it may stand still; a tick that finds that it
 * did, or that its clock jumped, moves every deadline and counts as none (rule T11).
 */
public final class LaunchWatch {
  /** Beyond the time for a launch to be sent again. */
  private static final int TICKS_SLACK = 2;

  private record Sent(ExecutorId executor, int ticks) {}

  private final int ticksMax;
  private final long tickGapMs;
  private long tickedAtMs;
  private final Map<TaskAttemptId, Sent> unheard = new TreeMap<>();

  /**
   * @param tickMs the time between two ticks
   */
  public LaunchWatch(Limits limits, long tickMs) {
    this.ticksMax = (int) (limits.launchRetryMs() / tickMs) + TICKS_SLACK;
    this.tickGapMs = limits.tickGapMs();
  }

  public void sent(ExecutorId executor, List<TaskLaunch> launches) {
    launches.forEach(launch -> unheard.put(launch.id(), new Sent(executor, 0)));
  }

  /** Whatever an executor says of an attempt is an answer; a new run of it has none to give. */
  public void heard(Event event) {
    if (event instanceof Event.LaunchAnswered answered) {
      answered.answers().forEach(answer -> unheard.remove(answer.id()));
    } else if (event instanceof Event.TaskUpdates updates) {
      updates.updates().forEach(update -> unheard.remove(update.status().id()));
    } else if (event instanceof Event.Heartbeat heartbeat) {
      heartbeat.attempts().forEach(unheard::remove);
    } else if (event instanceof Event.ExecutorRegistered(var info, _)) {
      forget(info.id());
    } else if (event instanceof Event.ExecutorLost lost) {
      forget(lost.executor());
    } else if (event instanceof Event.ExecutorLeaving leaving) {
      forget(leaving.executor());
    }
  }

  private void forget(ExecutorId executor) {
    unheard.values().removeIf(sent -> sent.executor.equals(executor));
  }

  /**
   * A tick, and what it caused, is over.
   *
   * @param runs whether the scheduler counts the attempt as running
   * @param nowMs by the scheduler's clock
   */
  public void ticked(Predicate<TaskAttemptId> runs, long nowMs) {
    long gapMs = nowMs - tickedAtMs;
    tickedAtMs = nowMs;
    if (gapMs > tickGapMs) {
      return;
    }
    unheard.replaceAll((_, sent) -> new Sent(sent.executor, sent.ticks + 1));
    unheard.entrySet().removeIf(e -> e.getValue().ticks > ticksMax && !runs.test(e.getKey()));
    unheard.forEach(
        (id, sent) ->
            Oracle.check(sent.ticks <= ticksMax, "T9: heard nothing of, not sent again: " + id));
  }
}
