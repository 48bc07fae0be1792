package io.mangonel.planner.stage;

import java.util.List;

/**
 * The values of a key divided among tasks: task 0 has NULL and what is below the first boundary,
 * task i what is from boundary i - 1 to below boundary i, the last task the rest.
 *
 * @param boundaries rising, as SQL literals of the key's type; one less than there are tasks
 */
public record KeyRanges(List<String> boundaries) {
  public KeyRanges {
    boundaries = List.copyOf(boundaries);
    if (boundaries.isEmpty()) {
      throw new IllegalArgumentException("one range is all rows");
    }
  }

  public int tasks() {
    return boundaries.size() + 1;
  }

  /**
   * The number of the task that has a key's rows.
   *
   * @param key an expression of the key's type, as SQL
   */
  public String partition(String key) {
    return partition(key, 0, boundaries.size());
  }

  /** By halves: a row takes few comparisons also when there are many ranges. */
  private String partition(String key, int first, int last) {
    if (first == last) {
      return Integer.toString(first);
    }
    int middle = (first + last) / 2;
    return "CASE WHEN "
        + key
        + " >= "
        + boundaries.get(middle)
        + " THEN "
        + partition(key, middle + 1, last)
        + " ELSE "
        + partition(key, first, middle)
        + " END";
  }

  /** Which keys a task has. NULL is said to be in the first task, and fails every other test. */
  public String condition(String key, int task) {
    if (task == 0) {
      return "(" + key + " < " + boundaries.getFirst() + " OR " + key + " IS NULL)";
    }
    String from = key + " >= " + boundaries.get(task - 1);
    return task == boundaries.size() ? from : from + " AND " + key + " < " + boundaries.get(task);
  }
}
