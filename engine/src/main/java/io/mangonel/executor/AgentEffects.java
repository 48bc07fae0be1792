package io.mangonel.executor;

import io.mangonel.core.agent.AgentEffect;
import io.mangonel.core.agent.AgentEvent;
import io.mangonel.core.agent.Recovered;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.executor.task.BackgroundThreads;
import io.mangonel.executor.task.TaskRunner;
import io.mangonel.executor.task.TaskStop;
import io.mangonel.executor.task.TaskWork;
import io.mangonel.executor.work.AttemptRecords;
import io.mangonel.executor.work.WorkDirectory;
import io.mangonel.planner.stage.EngineSettings;
import io.mangonel.shuffle.ShuffleDirectory;
import io.mangonel.shuffle.StagedFiles;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Does what the agent wants done. Called on the loop's thread, so nothing here blocks. */
final class AgentEffects {
  private static final Logger LOG = LoggerFactory.getLogger(AgentEffects.class);

  private final TaskRunner runner;
  private final AgentEndpoint endpoint;
  private final SchedulerLinks links;
  private final ShuffleDirectory shuffle;
  private final AttemptRecords records;
  private final Consumer<AgentEvent> agent;
  private final ExecutorMetrics metrics;
  private final String incarnation;
  private final RunningTasks running = new RunningTasks();

  /** As many as there are slots: the agent starts no more tasks. */
  private final ExecutorService threads = Executors.newCachedThreadPool(new BackgroundThreads());

  /** For the lane: what is small goes before. */
  private final ExecutorService laneThreads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().stackSize(EngineSettings.STACK_BYTES).factory());

  private final List<Thread> goodbyes = new CopyOnWriteArrayList<>();
  private final CountDownLatch drained = new CountDownLatch(1);

  AgentEffects(
      TaskRunner runner,
      AgentEndpoint endpoint,
      SchedulerLinks links,
      WorkDirectory work,
      Consumer<AgentEvent> agent,
      ExecutorMetrics metrics,
      String incarnation) {
    this.metrics = metrics;
    this.incarnation = incarnation;
    this.runner = runner;
    this.endpoint = endpoint;
    this.links = links;
    this.shuffle = work.shuffle();
    this.records = work.records();
    this.agent = agent;
  }

  /** In their order, but calls are answered last: a launch is taken before it is answered. */
  void perform(List<AgentEffect> effects) {
    effects.forEach(this::act);
    effects.forEach(this::answer);
  }

  private void act(AgentEffect effect) {
    switch (effect) {
      case AgentEffect.RunTask run -> start(run);
      case AgentEffect.InterruptTask interrupt -> interrupt(interrupt.attempt());
      case AgentEffect.RemoveJobData remove ->
          delete("job " + remove.job(), () -> shuffle.removeJob(remove.job()));
      case AgentEffect.RemoveAttemptData remove ->
          delete("attempt " + remove.attempt(), () -> shuffle.removeAttempt(remove.attempt()));
      case AgentEffect.Register register -> links.register(register);
      case AgentEffect.SendHeartbeat heartbeat -> links.heartbeat(heartbeat);
      case AgentEffect.SendOffer offer -> links.offer(offer);
      case AgentEffect.SendStatuses statuses -> links.statuses(statuses);
      case AgentEffect.AskJobs ask -> links.askJobs(ask);
      case AgentEffect.LookForSchedulers _ -> links.lookForSchedulers();
      case AgentEffect.SayLeaving leaving -> {
        Optional<Thread> sent = links.leave(leaving);
        if (leaving.gone()) {
          sent.ifPresent(goodbyes::add);
        }
      }
      case AgentEffect.Drained _ -> drained.countDown();
      case AgentEffect.AnswerSlots _,
          AgentEffect.AnswerLaunch _,
          AgentEffect.AnswerInventory _,
          AgentEffect.AnswerOtherIncarnation _ -> {}
    }
  }

  private void answer(AgentEffect effect) {
    switch (effect) {
      case AgentEffect.AnswerSlots slots -> endpoint.answer(slots.call(), slots);
      case AgentEffect.AnswerLaunch launch -> endpoint.answer(launch.call(), launch);
      case AgentEffect.AnswerInventory inventory -> answer(inventory);
      case AgentEffect.AnswerOtherIncarnation other -> endpoint.answer(other.call(), other);
      case AgentEffect.RunTask _,
          AgentEffect.InterruptTask _,
          AgentEffect.RemoveJobData _,
          AgentEffect.RemoveAttemptData _,
          AgentEffect.Register _,
          AgentEffect.SendHeartbeat _,
          AgentEffect.SendOffer _,
          AgentEffect.SendStatuses _,
          AgentEffect.AskJobs _,
          AgentEffect.LookForSchedulers _,
          AgentEffect.SayLeaving _,
          AgentEffect.Drained _ -> {}
    }
  }

  private void answer(AgentEffect.AnswerInventory inventory) {
    LOG.info(
        "adopted by a scheduler: {} jobs, {} tasks running, {} ended",
        inventory.jobs().size(),
        inventory.running().size(),
        inventory.ended().size());
    endpoint.answer(inventory.call(), inventory);
  }

  private void start(AgentEffect.RunTask run) {
    TaskLaunch launch = run.launch();
    TaskAttemptId id = launch.id();
    TaskStop stop = running.add(id);
    Optional<TaskWork> taken = endpoint.takeWork(id);
    ExecutorService on = run.inLane() ? laneThreads : threads;
    on.execute(
        () -> {
          Thread.currentThread().setName("task " + id);
          MDC.put("job", id.job().value());
          MDC.put("attempt", id.toString());
          MDC.put("incarnation", incarnation);
          LOG.info("task {} starts", id);
          metrics.started();
          long startNs = System.nanoTime();
          TaskOutcome outcome =
              taken
                  .map(work -> runner.run(launch, work, stop))
                  .orElseGet(AgentEffects::withoutPlan);
          outcome = remember(launch, outcome);
          running.remove(id);
          metrics.ended(outcome, System.nanoTime() - startNs);
          LOG.info("task {} {}", id, inWords(outcome));
          if (outcome instanceof TaskOutcome.Failed(Failure failure)) {
            LOG.debug("task {} failed: {}", id, failure);
          }
          agent.accept(new AgentEvent.TaskEnded(id, outcome));
          MDC.clear(); // The thread goes on to the next.
        });
  }

  /** For the log, by which people and tests count what ran twice. */
  private static String inWords(TaskOutcome outcome) {
    return switch (outcome) {
      case TaskOutcome.Succeeded(TaskOutput output) -> "succeeded with " + output.rows() + " rows";
      case TaskOutcome.Failed(Failure failure) ->
          "failed: " + withoutValues(failure).replaceAll("\\s*\\R\\s*", " ");
    };
  }

  /**
   * DuckDB's message for a user quotes the statement and values: it is the job's, not the log's.
   */
  private static String withoutValues(Failure failure) {
    return failure instanceof Failure.UserError ? "UserError" : failure.toString();
  }

  /** Before the status is reported: what an owner counts on survives this process (rule T12). */
  private TaskOutcome remember(TaskLaunch launch, TaskOutcome outcome) {
    if (!(outcome instanceof TaskOutcome.Succeeded(TaskOutput output))
        || output.files().isEmpty()) {
      return outcome;
    }
    try {
      records.write(new Recovered(launch.id(), launch.epoch(), launch.decisiveInputs(), output));
    } catch (IOException failed) {
      LOG.warn(
          "the output of {} will not survive this process: {}", launch.id(), failed.getMessage());
      return withoutRecord(launch.id(), outcome, failed);
    }
    return outcome;
  }

  /** What a statement writes must survive it: nobody makes it again (rule T16). */
  private TaskOutcome withoutRecord(TaskAttemptId id, TaskOutcome outcome, IOException failed) {
    try {
      if (StagedFiles.of(shuffle.attemptDirectory(id)).isEmpty()) {
        return outcome;
      }
      shuffle.removeAttempt(id);
    } catch (IOException unreadable) {
      LOG.warn("cannot delete the files of {}: {}", id, unreadable.getMessage());
    }
    return new TaskOutcome.Failed(new Failure.Io("no record of it: " + failed.getMessage()));
  }

  private static TaskOutcome withoutPlan() {
    return new TaskOutcome.Failed(new Failure.LaunchRejected("its plan did not come with it"));
  }

  private void interrupt(TaskAttemptId id) {
    running.stop(id, new Failure.Killed("interrupted on request"));
  }

  private interface Deletion {
    void run() throws IOException;
  }

  private static void delete(String what, Deletion deletion) {
    Thread.ofVirtual()
        .name("delete")
        .start(
            () -> {
              try {
                deletion.run();
              } catch (IOException failed) {
                LOG.warn("cannot delete the files of {}: {}", what, failed.getMessage());
              }
            });
  }

  /**
   * Waits until the agent has drained and said goodbye.
   *
   * @param goodbyeMs for the goodbyes, which are already under way then
   */
  boolean awaitDrained(long waitMs, long goodbyeMs) {
    try {
      boolean done = drained.await(waitMs, TimeUnit.MILLISECONDS);
      for (Thread goodbye : goodbyes) {
        goodbye.join(goodbyeMs);
      }
      return done;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Interrupts every task and waits for them; false when some still run after {@code waitMs}. */
  boolean stopAll(long waitMs) {
    return running.stopAll(new Failure.Killed("the executor stops"), waitMs);
  }
}
