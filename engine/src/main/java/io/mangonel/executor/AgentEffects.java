package io.mangonel.executor;

import io.mangonel.core.agent.AgentEffect;
import io.mangonel.core.agent.AgentEvent;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.executor.task.TaskRunner;
import io.mangonel.executor.task.TaskStop;
import io.mangonel.executor.task.TaskWork;
import io.mangonel.planner.stage.EngineSettings;
import io.mangonel.shuffle.ShuffleDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what the agent wants done. Called on the loop's thread, so nothing here blocks. */
final class AgentEffects {
  private static final Logger LOG = LoggerFactory.getLogger(AgentEffects.class);

  private final TaskRunner runner;
  private final AgentEndpoint endpoint;
  private final SchedulerLinks links;
  private final ShuffleDirectory shuffle;
  private final Consumer<AgentEvent> agent;
  private final Map<TaskAttemptId, TaskStop> running = new ConcurrentHashMap<>();

  AgentEffects(
      TaskRunner runner,
      AgentEndpoint endpoint,
      SchedulerLinks links,
      ShuffleDirectory shuffle,
      Consumer<AgentEvent> agent) {
    this.runner = runner;
    this.endpoint = endpoint;
    this.links = links;
    this.shuffle = shuffle;
    this.agent = agent;
  }

  /** In their order, but calls are answered last: a launch is taken before it is answered. */
  void perform(List<AgentEffect> effects) {
    effects.forEach(this::act);
    effects.forEach(this::answer);
  }

  private void act(AgentEffect effect) {
    switch (effect) {
      case AgentEffect.RunTask run -> start(run.launch());
      case AgentEffect.InterruptTask interrupt -> interrupt(interrupt.attempt());
      case AgentEffect.RemoveJobData remove ->
          delete("job " + remove.job(), () -> shuffle.removeJob(remove.job()));
      case AgentEffect.RemoveAttemptData remove ->
          delete("attempt " + remove.attempt(), () -> shuffle.removeAttempt(remove.attempt()));
      case AgentEffect.Register register -> links.register(register);
      case AgentEffect.SendHeartbeat heartbeat -> links.heartbeat(heartbeat);
      case AgentEffect.SendOffer offer -> links.offer(offer);
      case AgentEffect.SendStatuses statuses -> links.statuses(statuses);
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
          AgentEffect.SendStatuses _ -> {}
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

  private void start(TaskLaunch launch) {
    TaskAttemptId id = launch.id();
    TaskStop stop = new TaskStop();
    running.put(id, stop);
    Optional<TaskWork> taken = endpoint.takeWork(id);
    Thread.ofPlatform()
        .name("task " + id)
        .stackSize(EngineSettings.STACK_BYTES)
        .start(
            () -> {
              LOG.info("task {} starts", id);
              TaskOutcome outcome =
                  taken
                      .map(work -> runner.run(launch, work, stop))
                      .orElseGet(AgentEffects::withoutPlan);
              running.remove(id);
              LOG.info("task {} {}", id, inWords(outcome));
              agent.accept(new AgentEvent.TaskEnded(id, outcome));
            });
  }

  /** For the log, by which people and tests count what ran twice. */
  private static String inWords(TaskOutcome outcome) {
    return switch (outcome) {
      case TaskOutcome.Succeeded(TaskOutput output) -> "succeeded with " + output.rows() + " rows";
      case TaskOutcome.Failed(Failure failure) ->
          "failed: " + failure.toString().replaceAll("\\s*\\R\\s*", " ");
    };
  }

  private static TaskOutcome withoutPlan() {
    return new TaskOutcome.Failed(new Failure.LaunchRejected("its plan did not come with it"));
  }

  private void interrupt(TaskAttemptId id) {
    TaskStop stop = running.get(id);
    if (stop != null) {
      stop.stop(new Failure.Killed("interrupted on request"));
    }
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

  /** Interrupts every task and waits for them; false when some still run after {@code waitMs}. */
  boolean stopAll(long waitMs) {
    running.values().forEach(stop -> stop.stop(new Failure.Killed("the executor stops")));
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMs);
    try {
      while (!running.isEmpty() && System.nanoTime() < deadlineNs) {
        Thread.sleep(5);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    return running.isEmpty();
  }
}
