package io.mangonel.planner.distribute;

import io.mangonel.planner.stage.KeyRanges;

/** Which task a row belongs to, by the values of its keys. */
sealed interface PartitionFunction {
  /** DuckDB's hash of all keys. */
  record HashOfKeys() implements PartitionFunction {}

  /** The range that the only key is in: the type of the boundaries is the key's. */
  record RangesOfKey(KeyRanges ranges) implements PartitionFunction {}
}
