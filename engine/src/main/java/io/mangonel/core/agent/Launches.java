package io.mangonel.core.agent;

import io.mangonel.core.agent.AgentJob.Attempt;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;

/** Which launches an executor takes (rules T8 to T10). */
final class Launches {
  private final ExecutorId executor;
  private final Incarnation incarnation;
  private final SlotTable slots;
  private final JobTable jobs;
  private final GoneSchedulers gone;
  private final List<AgentEffect> effects;

  /**
   * @param effects takes what is to be done
   */
  Launches(
      ExecutorId executor,
      Incarnation incarnation,
      SlotTable slots,
      JobTable jobs,
      GoneSchedulers gone,
      List<AgentEffect> effects) {
    this.executor = executor;
    this.incarnation = incarnation;
    this.slots = slots;
    this.jobs = jobs;
    this.gone = gone;
    this.effects = effects;
  }

  /** Answers each; what is taken runs. */
  void take(AgentEvent.LaunchRequested request, long nowMs) {
    var answers = new ArrayList<TaskLaunch.Answer>();
    for (TaskLaunch launch : request.launches()) {
      TaskLaunch.Answer answer = answer(request, launch, nowMs);
      answers.add(answer);
      if (request.polled()) {
        reportRejected(launch, answer, nowMs);
      }
    }
    effects.add(new AgentEffect.AnswerLaunch(request.call(), answers));
  }

  private TaskLaunch.Answer answer(
      AgentEvent.LaunchRequested request, TaskLaunch launch, long nowMs) {
    if (!request.target().equals(incarnation)) {
      return new TaskLaunch.Answer.Rejected(
          launch.id(),
          TaskLaunch.Reason.OTHER_INCARNATION,
          "this is " + incarnation + ", not " + request.target());
    }
    if (gone.contains(request.scheduler())) {
      return new TaskLaunch.Answer.Rejected(
          launch.id(),
          TaskLaunch.Reason.NO_RESERVATION,
          "scheduler " + request.scheduler() + " is gone");
    }
    return launch(launch, request.scheduler(), nowMs);
  }

  /** The answer to a poll has no answer: a status says that the task does not run. */
  private void reportRejected(TaskLaunch launch, TaskLaunch.Answer answer, long nowMs) {
    String why =
        switch (answer) {
          case TaskLaunch.Answer.Accepted _ -> "";
          case TaskLaunch.Answer.Rejected(_, _, var message) -> message;
          case TaskLaunch.Answer.StaleEpoch(_, long highest) ->
              "a higher epoch was seen: " + highest;
        };
    AgentJob job = jobs.find(launch.id().job());
    boolean ran = job != null && job.ran(launch.id());
    // Without room, heartbeats show what does not run.
    if (!why.isEmpty() && job != null && !job.removed && !ran && !jobs.outboxFull()) {
      var rejected = new TaskOutcome.Failed(new Failure.LaunchRejected(why));
      jobs.ended(
          job, new TaskStatus(launch.id(), executor, incarnation, List.of(), rejected), nowMs);
    }
  }

  private TaskLaunch.Answer launch(TaskLaunch launch, Incarnation scheduler, long nowMs) {
    AgentJob job = jobs.heard(launch.id().job(), scheduler, nowMs);
    Attempt known = job.attempts().get(launch.id());
    if (known instanceof Attempt.Refused(var reason, var message)) {
      return new TaskLaunch.Answer.Rejected(launch.id(), reason, message);
    }
    if (known != null) {
      return new TaskLaunch.Answer.Accepted(launch.id());
    }
    if (launch.epoch() < job.epoch) {
      slots.release(scheduler, launch.reservation());
      return new TaskLaunch.Answer.StaleEpoch(launch.id(), job.epoch);
    }
    if (job.removed) {
      slots.release(scheduler, launch.reservation());
      return refuse(job, launch, TaskLaunch.Reason.CANCELLED, "its job was removed");
    }
    job.epoch = launch.epoch();
    job.owner = scheduler;
    if (jobs.outboxFull()) {
      slots.release(scheduler, launch.reservation());
      return refuse(
          job,
          launch,
          TaskLaunch.Reason.OUTBOX_FULL,
          jobs.outbox() + " statuses are unacknowledged");
    }
    if (!slots.consume(scheduler, launch.reservation(), launch.id())) {
      return refuse(
          job,
          launch,
          TaskLaunch.Reason.NO_RESERVATION,
          "reservation " + launch.reservation() + " is not live");
    }
    jobs.put(job, launch.id(), new Attempt.Running(launch));
    effects.add(new AgentEffect.RunTask(launch, slots.lane().runs(launch.id())));
    return new TaskLaunch.Answer.Accepted(launch.id());
  }

  private TaskLaunch.Answer refuse(
      AgentJob job, TaskLaunch launch, TaskLaunch.Reason reason, String message) {
    jobs.put(job, launch.id(), new Attempt.Refused(reason, message));
    return new TaskLaunch.Answer.Rejected(launch.id(), reason, message);
  }
}
