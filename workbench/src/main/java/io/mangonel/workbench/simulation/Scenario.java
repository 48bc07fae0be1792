package io.mangonel.workbench.simulation;

/**
 * What may go wrong in a run. Where little does, more must hold: what a wild run has to forgive,
 * one of these shows.
 */
enum Scenario {
  /** Nothing goes wrong: every job finishes, nothing runs twice, no reservation expires. */
  CALM,
  /** Only the scheduler is killed and starts again: no task runs twice. */
  SCHEDULER_RESTARTS,
  /** Only executors are killed and start again on their files: no finished task runs twice. */
  EXECUTOR_RESTARTS,
  /** Scheduler and executors stand still for less than a lease: no executor is taken for lost. */
  PAUSES,
  WILD;

  private static final int EVERY = 16;

  static Scenario of(long seed) {
    return switch (Math.floorMod(seed, EVERY)) {
      case 0 -> CALM;
      case 1 -> SCHEDULER_RESTARTS;
      case 2 -> EXECUTOR_RESTARTS;
      case 3 -> PAUSES;
      default -> WILD;
    };
  }

  boolean wild() {
    return this == WILD;
  }

  /** Chooses how often each fault happens, in a thousand chances. */
  void chooseRates(World world) {
    switch (this) {
      case CALM -> {}
      case SCHEDULER_RESTARTS -> world.rate(Fault.SCHEDULER_RESTARTED, 4);
      case EXECUTOR_RESTARTS -> world.rate(Fault.EXECUTOR_RESTARTED_WITH_FILES, 5);
      case PAUSES -> {
        world.rate(Fault.SCHEDULER_STOPPED, 6);
        world.rate(Fault.EXECUTOR_STOPPED, 4);
      }
      case WILD -> {
        for (Fault fault : Fault.values()) {
          boolean spared = world.random.nextInt(3) == 0;
          world.rate(fault, spared ? 0 : world.random.nextInt(most(fault) + 1));
        }
      }
    }
  }

  private static int most(Fault fault) {
    return switch (fault) {
      case MESSAGE_DROPPED, MESSAGE_DUPLICATED, MESSAGE_LATE -> 150;
      case COMMIT_LOST, COMMIT_APPLIED_UNANSWERED, COMMIT_APPLIED_AFTER_A_READ -> 150;
      case COMMIT_NO_SPACE, COMMIT_SLOW, FENCE_UNREADABLE -> 100;
      case EXECUTOR_DIED, EXECUTOR_RESTARTED_EMPTY, EXECUTOR_RESTARTED_WITH_FILES -> 5;
      case EXECUTOR_STOPPED,
          SCHEDULER_STOPPED,
          SCHEDULER_RESTARTED,
          OUTPUT_LOST,
          EXECUTOR_DRAINED ->
          5;
      case STORE_FULL_FOR_A_WHILE -> 10;
      case TASK_SLOW, TASK_FAILED, PLANNING_SLOW -> 150;
      case TASK_HANGS -> 10;
      case USER_ERROR, PLANNING_FAILED -> 40;
      case STATEMENT_TIMED_OUT -> 200; // That it has so little time.
      case ASKED_AGAIN, ROWS_SENT_EARLY -> 300;
      case SUBMITTED_ELSEWHERE -> 250;
      case CANCELLED_WHILE_RUNNING, CANCELLED_WHILE_ENDING -> 100;
      case CANCELLED_BEFORE_STORED, CANCELLED_WHILE_PLANNED, CANCELLED_AFTER_THE_END -> 100;
      case READ_SLOWLY -> 0; // Clients do that also when all is well.
      case LIGHT_LAUNCHED_EARLY,
          LIGHT_ANSWERED_EARLY,
          LIGHT_ANSWER_NOT_STORED,
          LIGHT_TAKEN_OVER,
          WAITED_IN_LINE ->
          0; // So do these.
      case FETCH_FAILED, HOLDER_UNREACHABLE, LAUNCH_REJECTED, PLANNING_GIVEN_UP ->
          0; // They follow from the others.
    };
  }
}
