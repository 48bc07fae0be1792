package io.mangonel.planner.distribute;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Which rows of a relation each task of its stage has. */
sealed interface Distribution {
  /** One task has all rows. */
  record Single() implements Distribution {}

  /** Every task has all rows. */
  record Broadcast() implements Distribution {}

  /** Each row is in one task, no matter which. */
  record Random() implements Distribution {}

  /**
   * Each row is in the task that a function of its keys names: rows of equal keys are together,
   * also across relations that are distributed by the same function.
   *
   * @param keys for each argument of the function the columns that hold its value: more than one
   *     where a join made columns equal; never empty sets
   */
  record Hash(PartitionFunction function, List<Set<Integer>> keys) implements Distribution {
    public Hash {
      keys = keys.stream().map(Set::copyOf).toList();
    }
  }

  static Distribution hashOfAll(int columns) {
    return new Hash(
        new PartitionFunction.HashOfKeys(), IntStream.range(0, columns).mapToObj(Set::of).toList());
  }

  /** Whether rows are divided among tasks. */
  default boolean isPartitioned() {
    return switch (this) {
      case Single _, Broadcast _ -> false;
      case Random _, Hash _ -> true;
    };
  }

  /**
   * The same distribution over other columns.
   *
   * @param positions where a column is now: nowhere, once, or several times
   */
  default Distribution mapped(IntFunction<Set<Integer>> positions) {
    if (!(this instanceof Hash(var function, var keys))) {
      return this;
    }
    List<Set<Integer>> mapped =
        keys.stream()
            .map(
                key -> {
                  Set<Integer> columns = new TreeSet<>();
                  key.forEach(column -> columns.addAll(positions.apply(column)));
                  return columns;
                })
            .toList();
    return mapped.stream().anyMatch(Set::isEmpty) ? new Random() : new Hash(function, mapped);
  }

  /** Whether rows that agree in all of {@code columns} are in one task. */
  default boolean isTogether(Set<Integer> columns) {
    return switch (this) {
      case Single _, Broadcast _ -> true;
      case Random _ -> false;
      case Hash(var _, var keys) ->
          keys.stream().allMatch(key -> key.stream().anyMatch(columns::contains));
    };
  }
}
