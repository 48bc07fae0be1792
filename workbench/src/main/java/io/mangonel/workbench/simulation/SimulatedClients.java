package io.mangonel.workbench.simulation;

import io.mangonel.core.owner.Event;
import io.mangonel.core.owner.JobView;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.task.JobId;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Those who ask: each submits a statement, asks again under the same key while it hears nothing,
 * now and then cancels it, and now and then takes rows before the end.
 */
final class SimulatedClients {
  private static final int SUBMIT_MAX_MS = 4_000;
  private static final int ASK_MS = 200;
  private static final int CANCEL_MAX_MS = 3_000;
  private static final int AFTER_THE_END_MS = 500;
  private static final int TIMEOUT_MAX_MS = 6_000;

  /** Longer than any job takes that can end by itself. */
  private static final int PATIENCE_MS = 60_000;

  private final Simulation simulation;
  private final World world;
  private final Map<JobId, JobRequest> requests = new TreeMap<>();
  private final Map<JobId, Set<Fault>> cancelled = new TreeMap<>();

  SimulatedClients(Simulation simulation) {
    this.simulation = simulation;
    this.world = simulation.world;
  }

  void begin(int jobs) {
    for (int i = 0; i < jobs; i++) {
      var id = new JobId("j" + i);
      world.after(world.random.nextInt(SUBMIT_MAX_MS), () -> submit(id));
    }
  }

  /** Jobs whose end every client knows. */
  boolean satisfied(int jobs) {
    return requests.size() == jobs
        && requests.keySet().stream().allMatch(simulation.oracle::isTold);
  }

  Set<JobId> waiting() {
    var waiting = new TreeSet<>(requests.keySet());
    waiting.removeIf(simulation.oracle::isTold);
    return waiting;
  }

  private void submit(JobId id) {
    String key = "key-" + id;
    boolean hurried = world.chance(Fault.STATEMENT_TIMED_OUT);
    requests.put(
        id,
        new JobRequest(
            "SELECT 1",
            new TreeMap<>(),
            "/",
            "s",
            "p",
            "duckdb",
            world.nowMs(),
            key,
            hurried ? 1 + world.random.nextInt(TIMEOUT_MAX_MS) : 0));
    ask(id);
    if (simulation.scenario.wild()) {
      world.after(PATIENCE_MS, () -> losePatience(id));
    }
    long cancelAfterMs = world.random.nextInt(CANCEL_MAX_MS);
    world.after(cancelAfterMs, () -> cancel(id));
    if (world.random.nextBoolean()) {
      cancel(id); // At once, before anything is stored.
    }
  }

  private void losePatience(JobId id) {
    if (simulation.oracle.isTold(id)) {
      return;
    }
    if (simulation.scheduler().up() && simulation.store.jobs.containsKey(id)) {
      simulation.scheduler().cancel(id);
    }
    world.after(PATIENCE_MS / 10, () -> losePatience(id));
  }

  private void ask(JobId id) {
    if (simulation.oracle.isTold(id)) {
      return;
    }
    var stored = simulation.store.jobs.get(id);
    if (simulation.scheduler().up()) {
      if (stored == null) {
        submitNow(id);
      } else if (stored.end != null) {
        simulation.oracle.told(id, stored.end);
        world.after(world.random.nextInt(AFTER_THE_END_MS), () -> cancel(id));
        return;
      } else {
        takeRows(id);
      }
    }
    world.after(1 + world.random.nextInt(2 * ASK_MS), () -> ask(id));
  }

  private void submitNow(JobId id) {
    JobRequest request = request(id);
    simulation.scheduler().submit(id, request);
    if (world.happens(Fault.ASKED_AGAIN)) {
      simulation.scheduler().submit(id, request);
    }
  }

  private JobRequest request(JobId id) {
    JobRequest request = requests.get(id);
    if (request == null) {
      throw new AssertionError("never asked for: " + id);
    }
    return request;
  }

  // Cancelling.

  private void cancel(JobId id) {
    var scheduler = simulation.scheduler();
    if (!scheduler.up()) {
      return;
    }
    cancelIf(state(id), id);
  }

  private void cancelIf(Fault when, JobId id) {
    if (cancelled.computeIfAbsent(id, _ -> new TreeSet<>()).add(when) && world.happens(when)) {
      simulation.scheduler().cancel(id);
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
  private void takeRows(JobId id) {
    var winners = new ArrayList<JobView.TaskView>();
    simulation
        .scheduler()
        .job(id)
        .filter(job -> job.end() == null && !job.stages().isEmpty())
        .ifPresent(
            job ->
                job.stages().getLast().tasks().stream()
                    .filter(task -> task.state().equals("SUCCESSFUL"))
                    .forEach(winners::add));
    if (winners.isEmpty() || !world.happens(Fault.ROWS_SENT_EARLY)) {
      return;
    }
    simulation.scheduler().receive(new Event.RowsSent(id));
    world.after(world.random.nextInt(ASK_MS), () -> sendRows(id));
  }

  private void sendRows(JobId id) {
    if (!simulation.oracle.rowsMayBeSent(id) || !simulation.scheduler().up()) {
      return;
    }
    simulation
        .scheduler()
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
                            simulation.oracle.rowsSentEarly(winner);
                          }
                        }));
  }
}
