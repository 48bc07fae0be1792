package io.mangonel.workbench.simulation.world;

/** Everything that can go wrong in the simulated world. */
public enum Fault {
  MESSAGE_DROPPED,
  MESSAGE_DUPLICATED,
  MESSAGE_LATE,
  /** For a while nothing arrives of what one process sends to another; the way back is open. */
  LINK_CUT,
  /** For a while nothing of a scheduler reaches the store, or no answer of it comes back. */
  STORE_LINK_CUT,

  /** Who connects to a scheduler from somewhere is told that nobody listens there. */
  PORT_REJECTED,
  /** A connection between two schedulers ends, and can be made again. */
  STREAM_BROKEN,
  /** A scheduler neither reaches any executor nor hears of one; other schedulers it does. */
  SCHEDULER_BLINDED,

  COMMIT_LOST,
  COMMIT_APPLIED_UNANSWERED,
  COMMIT_APPLIED_AFTER_A_READ,
  COMMIT_SLOW,
  COMMIT_NO_SPACE,
  STORE_FULL_FOR_A_WHILE,
  FENCE_UNREADABLE,

  /** A list of schedulers as it was some time ago. */
  STALE_LIST,
  /** A watch does not say that something came or went. */
  WATCH_LOST,
  LEASE_ENDED_EARLY,
  LEASE_ENDED_LATE,

  /** It comes back much later, or when all is well again. */
  EXECUTOR_DIED,
  EXECUTOR_RESTARTED_EMPTY,
  EXECUTOR_RESTARTED_WITH_FILES,
  /** As by SIGSTOP: everything that arrives meanwhile is there when it goes on. */
  EXECUTOR_STOPPED,
  /** As by SIGTERM: it leaves in good order, and starts again later. */
  EXECUTOR_DRAINED,
  OUTPUT_LOST,

  TASK_SLOW,
  /** It never ends by itself; its client loses patience. */
  TASK_HANGS,
  TASK_FAILED,
  USER_ERROR,
  FETCH_FAILED,
  HOLDER_UNREACHABLE,
  LAUNCH_REJECTED,

  PLANNING_FAILED,
  PLANNING_SLOW,
  /** So many schedulers were killed while they planned it that it may be the cause. */
  PLANNING_GIVEN_UP,
  ASKED_AGAIN,
  /** The same statement, under its key, to another scheduler than before. */
  ASKED_AGAIN_ELSEWHERE,
  /** Another scheduler makes a job under the same idempotency key. */
  SUBMITTED_ELSEWHERE,
  ROWS_SENT_EARLY,
  READ_SLOWLY,

  /** A light job runs before anything of it is stored (rule D12). */
  LIGHT_LAUNCHED_EARLY,
  LIGHT_ANSWERED_EARLY,
  /** Its scheduler dies after the answer, and before the store has it. */
  LIGHT_ANSWER_NOT_STORED,
  /** Its scheduler dies while it runs, and the next one finds it in the store. */
  LIGHT_TAKEN_OVER,
  /** A job finds as many others running as may. */
  WAITED_IN_LINE,

  STATEMENT_TIMED_OUT,
  CANCELLED_BEFORE_STORED,
  CANCELLED_WHILE_PLANNED,
  CANCELLED_WHILE_RUNNING,
  CANCELLED_WHILE_ENDING,
  CANCELLED_AFTER_THE_END,
  /** At a scheduler that does not own the job. */
  CANCELLED_ELSEWHERE,

  /** As by kill -9. */
  SCHEDULER_RESTARTED,
  SCHEDULER_STOPPED,
  /** Its loop makes no round; its other threads run on. */
  SCHEDULER_STUCK,
  /** As by SIGTERM: it lets its key go. */
  SCHEDULER_ENDED,
  /** It comes back at another address, so that its old key stays until its lease ends. */
  SCHEDULER_MOVED,
  /** It comes back at the address of one that lives, and removes its key. */
  ADDRESS_TAKEN,
  /** It found its key gone, by whatever fault, and ended. */
  SCHEDULER_FENCED,
  /** Its key is deleted by another, on evidence, and it is gone indeed. */
  SUSPECTED_DEAD,
  /** The same, on the same evidence, but it lives. */
  SUSPECTED_LIVING,
  /** It hands its jobs over because it hears from far fewer executors than others. */
  USELESS_OWNER,
  /** Its clock goes on at once by some seconds, and it did not stand still. */
  CLOCK_JUMPED,

  /** A job changed its owner while tasks of it ran. */
  TAKEN_OVER_RUNNING,
  /** The second takeover begins in the middle of the first. */
  DIED_WHILE_TAKING_OVER,
  /** Both at once. */
  OWNER_AND_EXECUTOR_DIED
}
