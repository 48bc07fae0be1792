package io.mangonel.core.task;

/** The stable node id of an executor: it survives a restart on the same work directory. */
public record ExecutorId(String value) implements Comparable<ExecutorId> {
  public ExecutorId {
    if (value.isBlank()) {
      throw new IllegalArgumentException("executor id is blank");
    }
  }

  @Override
  public int compareTo(ExecutorId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
