package io.mangonel.workbench.simulation;

/** Everything that can go wrong in the simulated world. */
public enum Fault {
  MESSAGE_DROPPED,
  MESSAGE_DUPLICATED,
  MESSAGE_LATE,

  COMMIT_LOST,
  COMMIT_APPLIED_UNANSWERED,
  COMMIT_APPLIED_AFTER_A_READ,
  COMMIT_SLOW,
  COMMIT_NO_SPACE,
  STORE_FULL_FOR_A_WHILE,
  FENCE_UNREADABLE,

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

  SCHEDULER_RESTARTED,
  SCHEDULER_STOPPED
}
