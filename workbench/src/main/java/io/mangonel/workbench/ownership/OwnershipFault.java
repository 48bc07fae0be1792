package io.mangonel.workbench.ownership;

/** What goes wrong between schedulers and their store. */
public enum OwnershipFault {
  /** As by kill -9: its key stays until its lease ends. */
  KILLED,
  /** As by SIGTERM: its key goes at once. */
  ENDED,
  /** As by SIGSTOP, often for longer than its lease. */
  STOPPED,
  /** The store is out of its reach, often for longer than its lease. */
  CUT_OFF,
  /** For a while most of its commits are lost, unanswered or late. */
  BAD_NETWORK,
  COMMIT_LOST,
  ANSWER_LOST,
  COMMIT_LATE,
  /** A list of schedulers as it was some seconds ago. */
  STALE_LIST,
  /** Its watch does not say that a scheduler came or went. */
  WATCH_LOST,
  /** It starts at the address of one that has still its key. */
  SAME_ADDRESS
}
