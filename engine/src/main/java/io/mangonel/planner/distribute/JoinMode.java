package io.mangonel.planner.distribute;

/** How joins are distributed: the session's {@code mangonel_join_mode}. */
public enum JoinMode {
  /** By cost. */
  AUTO,
  /** By hash wherever a join has an equality; the others as {@link #BROADCAST}. */
  HASH,
  /** One side to every task wherever that is legal; the others as {@link #HASH}. */
  BROADCAST
}
