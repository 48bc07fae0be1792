package io.mangonel.workbench.simulation.world;

import java.util.EnumSet;
import java.util.Set;

/**
 * What may go wrong in a run, and whether there is more than one scheduler. Where little goes
 * wrong, more must hold: what a wild run has to forgive, one of the others shows.
 */
public enum Scenario {
  /** Nothing goes wrong: every job finishes, nothing runs twice, no reservation expires. */
  CALM,
  /** Only the scheduler is killed and starts again: no task runs twice. */
  SCHEDULER_RESTARTS,
  /** Only executors are killed and start again on their files: no finished task runs twice. */
  EXECUTOR_RESTARTS,
  /** Scheduler and executors stand still for less than a lease: no executor is taken for lost. */
  PAUSES,
  WILD,

  /** As {@link #CALM}, with several schedulers. */
  SEVERAL_CALM,
  /**
   * Only schedulers die, by kill or in good order, also in the middle of a takeover, and come back
   * here or elsewhere: no task runs twice.
   */
  SEVERAL_DIE,
  /** Schedulers die, and executors start again on their files: no finished task runs twice. */
  SEVERAL_DIE_WITH_EXECUTORS,
  /** The same while links are cut, each for less than anybody is taken for lost. */
  SEVERAL_CUT_WITH_EXECUTORS,
  /**
   * Ports of schedulers that live reject each other, of two at a time, and streams and links break:
   * nobody is suspected, and no finished task runs twice.
   */
  SEVERAL_REJECT,
  /** Executors are out of reach of one scheduler only: others have its jobs before long. */
  SEVERAL_BLIND,
  SEVERAL_WILD;

  private static final int EVERY = 20;

  /** What takes several schedulers, or their leases. */
  private static final Set<Fault> OF_SEVERAL =
      EnumSet.of(
          Fault.STORE_LINK_CUT,
          Fault.PORT_REJECTED,
          Fault.STREAM_BROKEN,
          Fault.SCHEDULER_STUCK,
          Fault.SCHEDULER_BLINDED,
          Fault.STALE_LIST,
          Fault.WATCH_LOST,
          Fault.LEASE_ENDED_EARLY,
          Fault.LEASE_ENDED_LATE,
          Fault.SCHEDULER_ENDED,
          Fault.SCHEDULER_MOVED,
          Fault.ADDRESS_TAKEN,
          Fault.DIED_WHILE_TAKING_OVER,
          Fault.OWNER_AND_EXECUTOR_DIED);

  /** A mixture of all, the same for each seed. */
  public static Scenario of(long seed) {
    return switch (Math.floorMod(seed, EVERY)) {
      case 0 -> CALM;
      case 1 -> SCHEDULER_RESTARTS;
      case 2 -> EXECUTOR_RESTARTS;
      case 3 -> PAUSES;
      case 4 -> SEVERAL_CALM;
      case 5, 6 -> SEVERAL_DIE;
      case 7 -> SEVERAL_DIE_WITH_EXECUTORS;
      case 8, 9, 10, 11 -> SEVERAL_WILD;
      case 16 -> SEVERAL_CUT_WITH_EXECUTORS;
      case 17, 18 -> SEVERAL_REJECT;
      case 19 -> SEVERAL_BLIND;
      default -> WILD;
    };
  }

  public boolean wild() {
    return this == WILD || this == SEVERAL_WILD;
  }

  /** Whether several schedulers share the store. */
  public boolean several() {
    return switch (this) {
      case CALM, SCHEDULER_RESTARTS, EXECUTOR_RESTARTS, PAUSES, WILD -> false;
      case SEVERAL_CALM,
          SEVERAL_DIE,
          SEVERAL_DIE_WITH_EXECUTORS,
          SEVERAL_CUT_WITH_EXECUTORS,
          SEVERAL_REJECT,
          SEVERAL_BLIND,
          SEVERAL_WILD ->
          true;
    };
  }

  /** Whether nothing that was launched may be launched again in another attempt. */
  public boolean runsOnce() {
    return this == CALM
        || this == SCHEDULER_RESTARTS
        || this == SEVERAL_CALM
        || this == SEVERAL_DIE;
  }

  /** Whether somebody may for a while not hear of another that is there. */
  public boolean linksAreCut() {
    return wild()
        || this == SEVERAL_CUT_WITH_EXECUTORS
        || this == SEVERAL_REJECT
        || this == SEVERAL_BLIND;
  }

  /** Whether no scheduler ever loses its key, whatever others see of it. */
  public boolean allLive() {
    return this == SEVERAL_CALM || this == SEVERAL_REJECT;
  }

  /** Whether an executor may die, or be taken for dead, and so may be given up. */
  public boolean executorsDie() {
    return wild()
        || this == SEVERAL_BLIND
        || this == EXECUTOR_RESTARTS
        || this == SEVERAL_DIE_WITH_EXECUTORS
        || this == SEVERAL_CUT_WITH_EXECUTORS;
  }

  /** Whether store and network are as they should be, and only processes come and go. */
  public boolean storeHolds() {
    return !wild();
  }

  /** Chooses how often each fault happens, in a thousand chances. */
  public void chooseRates(World world) {
    switch (this) {
      case CALM, SEVERAL_CALM -> {}
      case SCHEDULER_RESTARTS -> world.rate(Fault.SCHEDULER_RESTARTED, 4);
      case EXECUTOR_RESTARTS -> executorsDie(world);
      case PAUSES -> {
        world.rate(Fault.SCHEDULER_STOPPED, 6);
        world.rate(Fault.EXECUTOR_STOPPED, 4);
      }
      case SEVERAL_DIE -> {
        schedulersDie(world);
        world.rate(Fault.SCHEDULER_STUCK, 1);
      }
      case SEVERAL_DIE_WITH_EXECUTORS -> {
        schedulersDie(world);
        executorsDie(world);
      }
      case SEVERAL_CUT_WITH_EXECUTORS -> {
        schedulersDie(world);
        executorsDie(world);
        world.rate(Fault.LINK_CUT, 8);
      }
      case SEVERAL_REJECT -> {
        world.rate(Fault.PORT_REJECTED, 15);
        world.rate(Fault.STREAM_BROKEN, 10);
        world.rate(Fault.LINK_CUT, 5);
      }
      case SEVERAL_BLIND -> world.rate(Fault.SCHEDULER_BLINDED, 2);
      case WILD, SEVERAL_WILD -> {
        for (Fault fault : Fault.values()) {
          boolean spared = world.random.nextInt(3) == 0;
          int rate = spared ? 0 : world.random.nextInt(most(fault) + 1);
          world.rate(fault, several() || !OF_SEVERAL.contains(fault) ? rate : 0);
        }
      }
    }
  }

  private static void schedulersDie(World world) {
    world.rate(Fault.SCHEDULER_RESTARTED, 4);
    world.rate(Fault.SCHEDULER_ENDED, 2);
    world.rate(Fault.SCHEDULER_MOVED, 300);
    world.rate(Fault.DIED_WHILE_TAKING_OVER, 300);
    world.rate(Fault.STREAM_BROKEN, 2);
  }

  /** And some tasks read when one whose output they need has been away for long. */
  private static void executorsDie(World world) {
    world.rate(Fault.EXECUTOR_RESTARTED_WITH_FILES, 5);
    world.rate(Fault.TASK_SLOW, 300);
  }

  private static int most(Fault fault) {
    return switch (fault) {
      case MESSAGE_DROPPED, MESSAGE_DUPLICATED, MESSAGE_LATE -> 150;
      case COMMIT_LOST, COMMIT_APPLIED_UNANSWERED, COMMIT_APPLIED_AFTER_A_READ -> 150;
      case COMMIT_NO_SPACE, COMMIT_SLOW, FENCE_UNREADABLE -> 100;
      case LINK_CUT, STORE_LINK_CUT, PORT_REJECTED, STREAM_BROKEN -> 10;
      case SCHEDULER_STUCK -> 4;
      case SCHEDULER_BLINDED -> 1;
      case STALE_LIST, WATCH_LOST -> 300;
      case LEASE_ENDED_EARLY -> 3;
      case LEASE_ENDED_LATE -> 300;
      case EXECUTOR_DIED, EXECUTOR_RESTARTED_EMPTY, EXECUTOR_RESTARTED_WITH_FILES -> 5;
      case EXECUTOR_STOPPED, OUTPUT_LOST, EXECUTOR_DRAINED -> 5;
      case SCHEDULER_STOPPED, SCHEDULER_RESTARTED, CLOCK_JUMPED -> 5;
      case SCHEDULER_ENDED, OWNER_AND_EXECUTOR_DIED -> 3;
      case SCHEDULER_MOVED, DIED_WHILE_TAKING_OVER -> 400;
      case ADDRESS_TAKEN -> 200;
      case STORE_FULL_FOR_A_WHILE -> 10;
      case TASK_SLOW, TASK_FAILED, PLANNING_SLOW -> 150;
      case TASK_HANGS -> 10;
      case USER_ERROR, PLANNING_FAILED -> 40;
      case STATEMENT_TIMED_OUT -> 200; // That it has so little time.
      case ASKED_AGAIN, ROWS_SENT_EARLY -> 300;
      case SUBMITTED_ELSEWHERE -> 250;
      case CANCELLED_WHILE_RUNNING, CANCELLED_WHILE_ENDING -> 100;
      case CANCELLED_BEFORE_STORED, CANCELLED_WHILE_PLANNED, CANCELLED_AFTER_THE_END -> 100;
      case READ_SLOWLY, ASKED_AGAIN_ELSEWHERE, CANCELLED_ELSEWHERE ->
          0; // Clients do that also when all is well.
      case LIGHT_LAUNCHED_EARLY,
          LIGHT_ANSWERED_EARLY,
          LIGHT_ANSWER_NOT_STORED,
          LIGHT_TAKEN_OVER,
          WAITED_IN_LINE ->
          0; // So do these.
      case FETCH_FAILED,
          HOLDER_UNREACHABLE,
          LAUNCH_REJECTED,
          PLANNING_GIVEN_UP,
          SCHEDULER_FENCED,
          SUSPECTED_DEAD,
          SUSPECTED_LIVING,
          USELESS_OWNER,
          TAKEN_OVER_RUNNING ->
          0; // They follow from the others.
    };
  }
}
