package io.mangonel.executor;

import io.mangonel.core.agent.AgentEffect;
import io.mangonel.core.agent.AgentEvent;
import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.executor.task.TaskWork;
import io.mangonel.executor.work.WorkDirectory;
import io.mangonel.planner.stage.StagePlan;
import io.mangonel.planner.stage.StagePlanCodec;
import io.mangonel.shuffle.Checksums;
import io.mangonel.shuffle.ShuffleDirectory;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Reply;
import io.mangonel.wire.executor.ExecutorEndpoint;
import io.mangonel.wire.executor.ExecutorMessages.JobAdoption;
import io.mangonel.wire.executor.ExecutorMessages.JobEpoch;
import io.mangonel.wire.executor.ExecutorMessages.JobInventory;
import io.mangonel.wire.executor.ExecutorMessages.JobRemoval;
import io.mangonel.wire.executor.ExecutorMessages.LaunchBatch;
import io.mangonel.wire.executor.ExecutorMessages.Peer;
import io.mangonel.wire.executor.ExecutorMessages.PlanBytes;
import io.mangonel.wire.executor.ExecutorMessages.ShuffleDescription;
import io.mangonel.wire.executor.ExecutorMessages.SlotAnswer;
import io.mangonel.wire.executor.ExecutorMessages.SlotRequest;
import io.mangonel.wire.executor.ExecutorMessages.TaskCancel;
import io.mangonel.wire.scheduler.SchedulerMessages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests of schedulers become events of the agent, and its answers their answers. */
final class AgentEndpoint implements ExecutorEndpoint {
  private static final Logger LOG = LoggerFactory.getLogger(AgentEndpoint.class);

  private final AgentLoop loop;
  private final Incarnation incarnation;
  private final ExecutorId executor;
  private final ShuffleDirectory shuffle;
  private final Checksums checksums;
  private final LongSupplier clockMs;
  private final Limits limits;
  private final SchedulerDirectory schedulers;
  private final AtomicLong calls = new AtomicLong();
  private final Map<Long, CompletableFuture<AgentEffect>> waiting = new ConcurrentHashMap<>();

  /** Plans of launches that the agent has not decided on yet. */
  private final Map<TaskAttemptId, TaskWork> undecided = new ConcurrentHashMap<>();

  AgentEndpoint(
      AgentLoop loop,
      Incarnation incarnation,
      WorkDirectory work,
      Checksums checksums,
      SchedulerDirectory schedulers,
      LongSupplier clockMs,
      Limits limits) {
    this.schedulers = schedulers;
    this.loop = loop;
    this.incarnation = incarnation;
    this.executor = work.executor();
    this.shuffle = work.shuffle();
    this.checksums = checksums;
    this.clockMs = clockMs;
    this.limits = limits;
  }

  /** The agent's answer to a call; one that nobody waits for any more is dropped. */
  void answer(long call, AgentEffect answer) {
    CompletableFuture<AgentEffect> caller = waiting.remove(call);
    if (caller != null) {
      caller.complete(answer);
    }
  }

  /** The plan that came with a launch, once. */
  Optional<TaskWork> takeWork(TaskAttemptId id) {
    return Optional.ofNullable(undecided.remove(id));
  }

  @Override
  public SlotAnswer reserveSlots(SlotRequest request) {
    AgentEffect.AnswerSlots answer =
        ask(
            AgentEffect.AnswerSlots.class,
            call ->
                new AgentEvent.SlotsRequested(
                    call,
                    request.target(),
                    request.scheduler(),
                    request.request(),
                    request.wanted(),
                    request.ttlMs()));
    long nowMs = clockMs.getAsLong();
    List<ExecutorReservation> granted =
        answer.granted().stream()
            .map(reservation -> SchedulerMessages.sent(reservation, nowMs))
            .toList();
    return new SlotAnswer(answer.request(), granted, answer.waiting());
  }

  @Override
  public void cancelReservations(Incarnation scheduler, List<String> reservations) {
    tell(new AgentEvent.ReservationsCancelled(scheduler, reservations));
  }

  @Override
  public List<TaskLaunch.Answer> launchTasks(LaunchBatch batch) {
    return launch(batch, false);
  }

  private List<TaskLaunch.Answer> launch(LaunchBatch batch, boolean polled) {
    Map<TaskAttemptId, TaskWork> works = works(batch);
    if (undecided.size() + works.size() > limits.eventsMax()) {
      throw new Reply.Rejection("too many launches wait for their answer");
    }
    undecided.putAll(works);
    AgentEffect.AnswerLaunch answer =
        ask(
            AgentEffect.AnswerLaunch.class,
            call ->
                new AgentEvent.LaunchRequested(
                    call, batch.target(), batch.scheduler(), batch.launches(), polled));
    // The accepted ones were taken before the answer; the rest will never run.
    works.keySet().forEach(undecided::remove);
    return answer.answers();
  }

  /** Work that was polled for; reservations it does not use are free again at once. */
  void acceptPolled(LaunchBatch batch, List<ExecutorReservation> offered) {
    if (!batch.launches().isEmpty()) {
      launch(batch, true);
    }
    Set<String> used = new HashSet<>();
    batch.launches().forEach(launch -> used.add(launch.reservation()));
    List<String> unused =
        offered.stream().map(ExecutorReservation::id).filter(id -> !used.contains(id)).toList();
    if (!unused.isEmpty()) {
      tell(new AgentEvent.ReservationsCancelled(batch.scheduler(), unused));
    }
  }

  private static Map<TaskAttemptId, TaskWork> works(LaunchBatch batch) {
    Map<String, StagePlan> plans = new HashMap<>();
    for (PlanBytes plan : batch.plans()) {
      plans.put(key(plan.job().value(), plan.stage()), decode(plan));
    }
    Map<ExecutorId, HostPort> peers = new HashMap<>();
    for (Peer peer : batch.peers()) {
      peers.put(peer.executor(), peer.address());
    }
    Map<TaskAttemptId, TaskWork> works = new HashMap<>();
    for (TaskLaunch launch : batch.launches()) {
      TaskAttemptId id = launch.id();
      StagePlan plan = plans.get(key(id.job().value(), id.stage()));
      if (plan == null) {
        throw new Reply.Rejection(
            "the plan of job " + id.job() + " stage " + id.stage() + " is missing");
      }
      works.put(id, new TaskWork(plan, peers));
    }
    return works;
  }

  private static StagePlan decode(PlanBytes plan) {
    try {
      return StagePlanCodec.decodeStage(plan.plan().toByteArray());
    } catch (IllegalArgumentException unreadable) {
      throw new Reply.Rejection(
          "the plan of job "
              + plan.job()
              + " stage "
              + plan.stage()
              + ": "
              + unreadable.getMessage());
    }
  }

  private static String key(String job, int stage) {
    return stage + "/" + job;
  }

  @Override
  public void cancelTasks(TaskCancel cancel) {
    checkTarget(cancel.target());
    tell(
        new AgentEvent.CancelRequested(
            cancel.target(), cancel.job(), cancel.epoch(), cancel.attempts()));
  }

  @Override
  public JobInventory adoptJobs(JobAdoption adoption) {
    List<AgentEvent.JobEpoch> jobs =
        adoption.jobs().stream()
            .map(job -> new AgentEvent.JobEpoch(job.job(), job.epoch()))
            .toList();
    AgentEffect.AnswerInventory answer =
        ask(
            AgentEffect.AnswerInventory.class,
            call ->
                new AgentEvent.AdoptRequested(
                    call, adoption.target(), adoption.scheduler(), jobs, adoption.gone()));
    List<JobEpoch> refused =
        answer.refused().stream().map(job -> new JobEpoch(job.job(), job.epoch())).toList();
    return new JobInventory(answer.jobs(), refused, answer.running(), answer.ended());
  }

  @Override
  public void removeJobData(JobRemoval removal) {
    checkTarget(removal.target());
    tell(new AgentEvent.RemoveRequested(removal.target(), removal.job(), removal.epoch()));
  }

  @Override
  public void acknowledgeStatuses(Incarnation target, List<TaskAttemptId> attempts) {
    checkTarget(target);
    tell(new AgentEvent.StatusesAcknowledged(attempts));
  }

  @Override
  public void schedulersAnnounced(List<HostPort> addresses) {
    schedulers.learn(addresses);
    schedulers.lookNow();
  }

  @Override
  public Sighting witness(Incarnation scheduler, HostPort address) {
    Sighting seen = schedulers.testify(scheduler, address);
    LOG.info("asked about scheduler {} at {}: {}", scheduler, address, seen);
    return seen;
  }

  @Override
  public ShuffleDescription describeShuffle() {
    return new ShuffleDescription(shuffle.root().toString(), shuffle.token());
  }

  @Override
  public ExecutorId executor() {
    return executor;
  }

  @Override
  public Optional<Path> shuffleFile(String path) {
    return shuffle.file(path);
  }

  @Override
  public boolean isIntact(Path file, long checksum) throws IOException {
    return checksums.isIntact(file, checksum);
  }

  private void checkTarget(Incarnation target) {
    if (!target.equals(incarnation)) {
      throw otherIncarnation();
    }
  }

  private Reply.Rejection otherIncarnation() {
    return new Reply.Rejection("this executor runs as " + incarnation);
  }

  private void tell(AgentEvent event) {
    if (!loop.submit(event)) {
      throw new Reply.Rejection("the executor stops");
    }
  }

  private <T extends AgentEffect> T ask(Class<T> answerType, LongFunction<AgentEvent> event) {
    long call = calls.incrementAndGet();
    CompletableFuture<AgentEffect> answer = new CompletableFuture<>();
    waiting.put(call, answer);
    try {
      tell(event.apply(call));
      AgentEffect effect = answer.get(limits.callWaitMs(), TimeUnit.MILLISECONDS);
      if (effect instanceof AgentEffect.AnswerOtherIncarnation) {
        throw otherIncarnation();
      }
      return answerType.cast(effect);
    } catch (TimeoutException slow) {
      throw new IllegalStateException("the agent did not answer in time", slow);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new Reply.Rejection("the executor stops");
    } catch (ExecutionException bug) {
      throw new IllegalStateException("an answer failed", bug);
    } finally {
      waiting.remove(call);
    }
  }
}
