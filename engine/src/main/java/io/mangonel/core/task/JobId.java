package io.mangonel.core.task;

/** Identifies a job; unique across the cluster and for all time. */
public record JobId(String value) implements Comparable<JobId> {
  public JobId {
    if (value.isBlank()) {
      throw new IllegalArgumentException("job id is blank");
    }
  }

  @Override
  public int compareTo(JobId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
