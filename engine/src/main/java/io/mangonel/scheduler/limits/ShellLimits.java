package io.mangonel.scheduler.limits;

/**
 * Every bound of the scheduler's shell; those of its decisions are in {@code core.owner.Limits}.
 */
public final class ShellLimits {
  /** Items the event loop takes at once: one commit gathers what they change. */
  public static final int BATCH_ITEMS_MAX = 256;

  /** Items waiting for the loop; beyond, whoever brings one waits. */
  public static final int QUEUE_ITEMS_MAX = 20_000;

  /** Items waiting for the loop beyond which requests from outside are turned away. */
  public static final int QUEUE_ADMITTED_MAX = 10_000;

  /** How soon one that waits for a place in a full queue notices that the loop has ended. */
  public static final long CLOSED_CHECK_MS = 100;

  /** How long a question to the loop may take: it answers in well under a second. */
  public static final long ASK_DEADLINE_MS = 10_000;

  /** Statements planned at once: planning is CPU work on platform threads. */
  public static final int PLANNERS = Math.max(2, Runtime.getRuntime().availableProcessors());

  /** Statements waiting to be planned; beyond, a submit is turned away. */
  public static final int PLANNING_QUEUE_MAX = 1_000;

  /** Schedulers that went away with a statement unanswered; the next one does not trust it. */
  public static final int UNSUSPECTED_SENDS_MAX = 2;

  /** Statements that are planned in a process of their own at once; beyond, clients try again. */
  public static final int REHEARSALS_MAX = 2;

  /** Parameters of a prepared statement. */
  public static final int PARAMETERS_MAX = 1_000;

  /** How old the cluster's size may be by which a statement is planned: it costs a question. */
  public static final long CLUSTER_SIZE_MS = 200;

  /** Planning one statement, its wait included. */
  public static final long PLANNING_DEADLINE_MS = 60_000;

  /** From a submit to its durable creation. */
  public static final long ACCEPT_DEADLINE_MS = 10_000;

  /** A registration is answered when it is durable, or the executor asks again. */
  public static final long REGISTRATION_DEADLINE_MS = 2_500;

  /** Statuses are acknowledged when they are durable, or sent again. */
  public static final long STATUS_DEADLINE_MS = 5_000;

  /** How long a polling executor waits for work. */
  public static final long POLL_DEADLINE_MS = 1_000;

  /** Submits that wait for an executor hear of a registration; besides they look this often. */
  public static final long EXECUTOR_RECHECK_MS = 1_000;

  /** How long a call waits for a scheduler that is still reading its store. */
  public static final long START_DEADLINE_MS = 60_000;

  /** And for one that lost its key and comes back after a pause. */
  public static final long COMEBACK_WAIT_MS = 5_000;

  /** How long a cancel waits for the end of its job, before it answers that it was asked for. */
  public static final long CANCEL_DEADLINE_MS = 1_500;

  /** Renewals of the scheduler's lease. */
  public static final long KEEP_ALIVE_MS = 1_000;

  /**
   * The lease of one of several schedulers: when it dies without a word, its jobs stand still for
   * so long.
   */
  public static final long SHARED_LEASE_TTL_MS = 5_000;

  /** The list of schedulers and of wishes to cancel is read this often, watched or not. */
  public static final long MEMBERS_LIST_MS = 1_000;

  /** Before a connection to another scheduler that broke, or was not made, is tried again. */
  public static final long PEER_RECONNECT_MS = 500;

  /**
   * Claims of jobs under way at once, of some fifty jobs each (rule T4): the store syncs them
   * together.
   */
  public static final int CLAIMS_AT_ONCE = 8;

  /** How often other schedulers hear from this one. */
  public static final long PEER_NEWS_MS = 1_000;

  /** Schedulers whose address and key are remembered; beyond, only those present are. */
  public static final int KNOWN_SCHEDULERS_MAX = 1_000;

  /** How often a job of another scheduler that somebody here waits for is looked at. */
  public static final long FOREIGN_JOBS_MS = 500;

  /** One wait for the end of a job at its owner, while somebody here waits for it. */
  public static final long FOLLOW_MS = 10_000;

  /** After its owner could not be asked; perhaps it has another by then. */
  public static final long OWNER_RECHECK_MS = 200;

  /** Results read here and kept by another are told to it at least this often. */
  public static final long TOUCH_MAX_MS = 60_000;

  public static final long TOUCH_MIN_MS = 200;

  /** Jobs taken over that wait for their statement, and sessions of which that is known. */
  public static final int LOST_CLIENTS_MAX = 10_000;

  /** How long after its end a job waits for its statement: the data may have changed since. */
  public static final long LOST_CLIENT_MAX_MS = 300_000;

  /**
   * How long a statement that is sent again waits for its job to be taken over: the lease of its
   * owner, and the claim.
   */
  public static final long REATTACH_WAIT_MS = 10_000;

  public static final long REATTACH_EVERY_MS = 100;

  /** And how often it asks in vain who has just taken a job of that statement over. */
  public static final int REATTACH_SEARCHES_MAX = 5;

  /**
   * A client may name a job of another scheduler before the store has it, because a light read is
   * answered while its creation is committed (rule D12): so long is it looked for, this often.
   */
  public static final long UNSEEN_JOB_MS = 1_000;

  public static final long UNSEEN_JOB_EVERY_MS = 20;

  /** Jobs of other schedulers that somebody here waits for; beyond, the oldest are forgotten. */
  public static final int FOREIGN_JOBS_MAX = 1_000;

  /**
   * The store forgets old revisions this often; one scheduler asks it to. Two such times of them
   * are kept, 3 MB a second of them were measured with seven clients, and a quota may be 256 MiB.
   */
  public static final long COMPACT_MS = 10_000;

  /** How full a shared store is, is measured this often. */
  public static final long STORE_MEASURE_MS = 5_000;

  /**
   * The lease of a scheduler that is alone on its store: nobody waits for its end, and the next one
   * removes its key. Long, so that a machine that slept finds its jobs.
   */
  public static final long LONE_LEASE_TTL_MS = 24L * 3_600_000;

  /** The loop and the committer each end a round within this time, or the lease is not renewed. */
  public static final long ROUND_MAX_MS = 30_000;

  /**
   * The same of one of several schedulers, for which others stand in. Above the time in which etcd
   * answers, or does not.
   */
  public static final long SHARED_ROUND_MAX_MS = 15_000;

  /** Ended jobs whose record is kept, each of completed and of failed ones. */
  public static final int HISTORY_JOBS_MAX = 1_000;

  /** And while the store has little space (rule D10). */
  public static final int HISTORY_JOBS_PRESSED_MAX = 100;

  /** Ended jobs whose plan is kept in memory. */
  public static final int ENDED_IN_MEMORY_MAX = 200;

  /** Between two sweeps of what is behind ended jobs. */
  public static final long SWEEP_MS = 20_000;

  /** And at least, when the retention is shorter than that. */
  public static final long SWEEP_MIN_MS = 1_000;

  /** Keys deleted by one transaction of a sweep; etcd's bound is 128 operations. */
  public static final int SWEEP_OPERATIONS_MAX = 100;

  /** What a session has set is kept this long after its last use. */
  public static final long SESSION_TTL_MS = 7L * 24 * 3_600_000;

  /** Sessions kept; the longest unused go first. */
  public static final int SESSIONS_MAX = 10_000;

  /** How long a scheduler that ends waits for its last commits. */
  public static final long SETTLE_MS = 1_000;

  /** For threads to end when a server closes. */
  public static final long CLOSE_GRACE_MS = 5_000;

  private ShellLimits() {}
}
