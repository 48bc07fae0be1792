package io.mangonel.core.task;

/** One run of a scheduler or executor process; a restart is a new one. */
public record Incarnation(String value) implements Comparable<Incarnation> {
  public Incarnation {
    if (value.isBlank()) {
      throw new IllegalArgumentException("incarnation is blank");
    }
  }

  @Override
  public int compareTo(Incarnation other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
