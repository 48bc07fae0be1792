package io.mangonel.core.graph;

import java.util.List;

/**
 * An assignment: this attempt on the slot of this reservation.
 *
 * @param epoch the job's current epoch; equal to the id's launch epoch at launch
 * @param inputs every producer attempt it reads, in order of stage and partition
 */
public record TaskLaunch(
    TaskAttemptId id, String reservation, long epoch, List<InputLocation> inputs) {
  public TaskLaunch {
    inputs = List.copyOf(inputs);
  }
}
