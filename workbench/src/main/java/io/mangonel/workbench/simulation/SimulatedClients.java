package io.mangonel.workbench.simulation;

import io.mangonel.core.owner.Event;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.workbench.simulation.world.Fault;
import io.mangonel.workbench.simulation.world.Network;
import io.mangonel.workbench.simulation.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Those who ask: each submits a statement, asks any scheduler how it goes, again under the same key
 * while it knows of no job, now and then cancels it, and now and then takes rows before the end.
 */
final class SimulatedClients {
  private static final int SUBMIT_MAX_MS = 4_000;
  private static final int ASK_MS = 200;
  private static final int CANCEL_MAX_MS = 3_000;
  private static final int AFTER_THE_END_MS = 500;
  private static final int TIMEOUT_MAX_MS = 6_000;
  private static final int READ_EVERY = 3;
  private static final int READ_MAX_MS = 5_000;
  private static final int ELSEWHERE_MAX_MS = 100;
  private static final String ELSEWHERE = "elsewhere-";

  /** Longer than any job takes that can end by itself. */
  private static final int PATIENCE_MS = 60_000;

  private final Simulation simulation;
  private final World world;
  private final Map<String, JobRequest> requests = new TreeMap<>(); // By idempotency key.
  private final Map<String, JobId> latest = new TreeMap<>(); // The id a statement was last given.
  private final Map<JobId, Set<Fault>> cancelled = new TreeMap<>();
  private final Map<String, JobId> known = new TreeMap<>(); // The job a statement became, as told.
  private final Map<JobId, String> keys = new TreeMap<>();
  private final Map<String, Incarnation> askedLast = new TreeMap<>();
  private int ids;

  SimulatedClients(Simulation simulation) {
    this.simulation = simulation;
    this.world = simulation.world;
  }

  void begin(int statements) {
    for (int i = 0; i < statements; i++) {
      String key = "key-" + i;
      world.after(world.random.nextInt(SUBMIT_MAX_MS), () -> submit(key));
    }
  }

  /** Whether every client knows the end of its statement. */
  boolean satisfied(int statements) {
    return requests.size() == statements && requests.keySet().stream().allMatch(this::satisfied);
  }

  /** Of a job elsewhere it hears there. */
  private boolean satisfied(String key) {
    return simulation
        .oracle
        .jobUnder(key)
        .filter(job -> isElsewhere(job) || simulation.oracle.isTold(job))
        .isPresent();
  }

  private static boolean isElsewhere(JobId job) {
    return job.value().startsWith(ELSEWHERE);
  }

  Set<String> waiting() {
    var waiting = new TreeSet<>(requests.keySet());
    waiting.removeIf(this::satisfied);
    return waiting;
  }

  private void submit(String key) {
    boolean hurried = world.chance(Fault.STATEMENT_TIMED_OUT);
    requests.put(
        key, request("SELECT 1", key, hurried ? 1 + world.random.nextInt(TIMEOUT_MAX_MS) : 0));
    ask(key);
    if (world.happens(Fault.SUBMITTED_ELSEWHERE)) {
      world.after(world.random.nextInt(ELSEWHERE_MAX_MS), () -> submitElsewhere(key));
    }
    if (simulation.scenario.wild()) {
      world.after(PATIENCE_MS, () -> losePatience(key));
    }
    long cancelAfterMs = world.random.nextInt(CANCEL_MAX_MS);
    world.after(cancelAfterMs, () -> cancel(jobOf(key)));
    if (world.random.nextBoolean()) {
      cancel(jobOf(key)); // At once, before anything is stored.
    }
  }

  private JobRequest request(String sql, String key, long timeoutMs) {
    return new JobRequest(
        sql, new TreeMap<>(), "/", "s", "p", "duckdb", world.nowMs(), key, timeoutMs);
  }

  private void submitElsewhere(String key) {
    String sql = world.random.nextInt(4) == 0 ? "SELECT 2" : "SELECT 1";
    var job = new JobId(ELSEWHERE + key);
    if (simulation.store.submittedElsewhere(job, request(sql, key, 0))) {
      world.say("elsewhere " + key + " becomes " + job);
      simulation.oracle.submitted(key, job);
    }
  }

  /** The job that the statement became, or the one it was last asked to become. */
  private JobId jobOf(String key) {
    return simulation
        .oracle
        .jobUnder(key)
        .orElseGet(() -> latest.getOrDefault(key, new JobId("never-" + key)));
  }

  private void losePatience(String key) {
    if (satisfied(key)) {
      return;
    }
    if (simulation.store.jobs.containsKey(jobOf(key))) {
      someone().ifPresent(scheduler -> scheduler.cancel(jobOf(key)));
    }
    world.after(PATIENCE_MS / 10, () -> losePatience(key));
  }

  /** A scheduler that is up and in reach. */
  private Optional<SimulatedScheduler> someone() {
    return simulation
        .schedulers
        .any()
        .filter(one -> simulation.network.bothWays(Network.CLIENTS, one.address()));
  }

  private void ask(String key) {
    if (satisfied(key)) {
      readNowAndThen(jobOf(key));
      return;
    }
    someone().ifPresent(scheduler -> ask(key, scheduler));
    if (!satisfied(key)) {
      world.after(1 + world.random.nextInt(2 * ASK_MS), () -> ask(key));
    } else {
      readNowAndThen(jobOf(key));
      world.after(world.random.nextInt(AFTER_THE_END_MS), () -> cancel(jobOf(key)));
    }
  }

  private void ask(String key, SimulatedScheduler scheduler) {
    Incarnation before = askedLast.put(key, scheduler.self());
    JobId id = known.get(key);
    if (id == null) {
      if (before != null && !before.equals(scheduler.self())) {
        world.count(Fault.ASKED_AGAIN_ELSEWHERE);
      }
      submitNow(key, scheduler);
      return;
    }
    switch (scheduler.status(id)) {
      case SimulatedStatus.Ended(var record) -> simulation.oracle.told(id, record);
      case SimulatedStatus.Open _ -> takeRows(id, scheduler);
      case SimulatedStatus.Unknown _ -> known.remove(key); // Light, and never stored.
      case SimulatedStatus.NoAnswer _ -> {}
    }
  }

  /** A scheduler tells which job a submit became. */
  void heard(JobId asked, JobId job) {
    String key = keys.get(asked);
    if (key != null) {
      known.put(key, job);
    }
  }

  /** Reads the result for a while, perhaps longer than it would be kept. */
  private void readNowAndThen(JobId id) {
    if (world.random.nextInt(READ_EVERY) > 0 || isElsewhere(id)) {
      return;
    }
    someone()
        .ifPresent(
            reader -> {
              world.count(Fault.READ_SLOWLY);
              reader.receive(new Event.ReadingBegins(id));
              world.after(
                  world.random.nextInt(READ_MAX_MS),
                  () -> reader.receive(new Event.ReadingEnds(id)));
            });
  }

  /** Each time under another id, as the shell gives them. */
  private void submitNow(String key, SimulatedScheduler scheduler) {
    boolean first = saysFirst(key) && !latest.containsKey(key);
    JobId id = submitUnderNewId(key, scheduler, first);
    if (world.happens(Fault.ASKED_AGAIN)) {
      if (world.random.nextBoolean()) {
        submitUnderNewId(key, scheduler, false);
      } else {
        scheduler.planning().submit(id, request(key), first); // The same event once more.
      }
    }
  }

  /** Every other client. */
  private static boolean saysFirst(String key) {
    return key.hashCode() % 2 == 0;
  }

  private JobId submitUnderNewId(String key, SimulatedScheduler scheduler, boolean first) {
    var id = new JobId("j%03d".formatted(ids++));
    latest.put(key, id);
    keys.put(id, key);
    scheduler.planning().submit(id, request(key), first);
    return id;
  }

  private JobRequest request(String key) {
    JobRequest request = requests.get(key);
    if (request == null) {
      throw new AssertionError("never asked for: " + key);
    }
    return request;
  }

  // Cancelling.

  private void cancel(JobId id) {
    someone().ifPresent(scheduler -> cancel(id, scheduler));
  }

  private void cancel(JobId id, SimulatedScheduler scheduler) {
    Fault when = state(id);
    if (cancelled.computeIfAbsent(id, _ -> new TreeSet<>()).add(when) && world.happens(when)) {
      var stored = simulation.store.jobs.get(id);
      if (stored != null && stored.end == null && !stored.owner.equals(scheduler.self())) {
        world.count(Fault.CANCELLED_ELSEWHERE);
      }
      scheduler.cancel(id);
    }
  }

  private Fault state(JobId id) {
    var stored = simulation.store.jobs.get(id);
    if (stored == null) {
      return Fault.CANCELLED_BEFORE_STORED;
    } else if (stored.end != null) {
      return Fault.CANCELLED_AFTER_THE_END;
    } else if (simulation.oracle.ending(id)) {
      return Fault.CANCELLED_WHILE_ENDING;
    }
    return stored.plan == null ? Fault.CANCELLED_WHILE_PLANNED : Fault.CANCELLED_WHILE_RUNNING;
  }

  /** The scheduler sent this to the store: the moment to cancel what is about to end. */
  void sent(Commit commit) {
    for (Change change : commit.changes()) {
      if (change instanceof Change.JobEnded end) {
        world.after(1, () -> cancel(end.job()));
      }
    }
  }

  // Rows before the end.

  /** Takes the rows of a partition of the answer, once it is durable that some were taken. */
  private void takeRows(JobId id, SimulatedScheduler scheduler) {
    if (winners(id, scheduler).isEmpty() || !world.happens(Fault.ROWS_SENT_EARLY)) {
      return;
    }
    scheduler.receive(new Event.RowsSent(id));
    world.after(world.random.nextInt(ASK_MS), () -> sendRows(id, scheduler));
  }

  private static List<TaskAttemptId> winners(JobId id, SimulatedScheduler scheduler) {
    var winners = new ArrayList<TaskAttemptId>();
    scheduler
        .job(id)
        .filter(job -> job.end() == null && !job.stages().isEmpty())
        .ifPresent(
            job ->
                job.stages()
                    .getLast()
                    .tasks()
                    .forEach(
                        task -> {
                          var winner = task.attempt();
                          if (winner != null && task.state().equals("SUCCESSFUL")) {
                            winners.add(winner);
                          }
                        }));
    return winners;
  }

  /** Those that are durable (rule D5). */
  private void sendRows(JobId id, SimulatedScheduler scheduler) {
    if (scheduler.up()) {
      winners(id, scheduler).stream()
          .filter(simulation.oracle::rowsMayBeSent)
          .forEach(simulation.oracle::rowsSentEarly);
    }
  }
}
