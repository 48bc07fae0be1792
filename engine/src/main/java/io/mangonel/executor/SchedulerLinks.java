package io.mangonel.executor;

import io.mangonel.core.agent.AgentEffect;
import io.mangonel.core.agent.AgentEvent;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Reply;
import io.mangonel.wire.executor.ExecutorMessages.LaunchBatch;
import io.mangonel.wire.scheduler.SchedulerClient;
import io.mangonel.wire.scheduler.SchedulerMessages;
import io.mangonel.wire.scheduler.SchedulerMessages.Departure;
import io.mangonel.wire.scheduler.SchedulerMessages.HeartbeatAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.HeartbeatMessage;
import io.mangonel.wire.scheduler.SchedulerMessages.OfferAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.Registration;
import io.mangonel.wire.scheduler.SchedulerMessages.RegistrationAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.SlotOffer;
import io.mangonel.wire.scheduler.SchedulerMessages.StatusAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.StatusReport;
import io.mangonel.wire.scheduler.SchedulerMessages.StatusUpdate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the agent says to schedulers. Each message is sent once, on a virtual thread of its own; one
 * that fails, or finds too many before it, is dropped: the core says it again when its time comes.
 */
final class SchedulerLinks {
  private static final Logger LOG = LoggerFactory.getLogger(SchedulerLinks.class);

  private final Registration template;
  private final SchedulerClient client;
  private final SchedulerDirectory directory;
  private final AgentEndpoint endpoint;
  private final Consumer<AgentEvent> agent;
  private final Consumer<String> refused;
  private final LongSupplier clockMs;
  private final Limits limits;
  private final CountDownLatch registered = new CountDownLatch(1);
  private final Map<Lane, Semaphore> lanes = new ConcurrentHashMap<>();

  private enum Kind {
    REGISTER,
    HEARTBEAT,
    OFFER,
    STATUSES,
    JOBS,
    LEAVE,
    GONE
  }

  private record Lane(Incarnation scheduler, Kind kind) {}

  /**
   * How the links talk back.
   *
   * @param agent takes events
   * @param refused told when a scheduler will never accept this executor
   */
  record Listeners(Consumer<AgentEvent> agent, Consumer<String> refused) {}

  SchedulerLinks(
      Registration template,
      SchedulerClient client,
      SchedulerDirectory directory,
      AgentEndpoint endpoint,
      Listeners listeners,
      LongSupplier clockMs,
      Limits limits) {
    this.template = template;
    this.client = client;
    this.directory = directory;
    this.endpoint = endpoint;
    this.agent = listeners.agent();
    this.refused = listeners.refused();
    this.clockMs = clockMs;
    this.limits = limits;
  }

  /** Opens when the first scheduler has accepted this executor. */
  CountDownLatch registered() {
    return registered;
  }

  void register(AgentEffect.Register effect) {
    send(effect.scheduler(), Kind.REGISTER, 1, peer -> register(peer, effect));
  }

  private void register(HostPort peer, AgentEffect.Register effect) {
    Registration registration =
        new Registration(
            template.executor(),
            template.incarnation(),
            template.address(),
            template.slots(),
            template.threads(),
            template.memoryBytes(),
            template.engineVersion(),
            template.mode(),
            effect.outputs());
    Reply<RegistrationAnswer> reply = client.registerExecutor(peer, registration);
    if (!(reply instanceof Reply.Answered<RegistrationAnswer> answered)) {
      LOG.warn("scheduler {} did not answer the registration: {}", peer, reply);
      return;
    }
    switch (answered.value()) {
      case RegistrationAnswer.Accepted accepted -> {
        LOG.info("registered with scheduler {} at {}", accepted.scheduler(), peer);
        directory.learn(accepted.schedulers());
        registered.countDown();
      }
      case RegistrationAnswer.Refused refusal ->
          refused.accept("scheduler " + peer + " refuses this executor: " + refusal.message());
    }
  }

  void heartbeat(AgentEffect.SendHeartbeat effect) {
    HeartbeatMessage heartbeat =
        new HeartbeatMessage(
            template.executor(), template.incarnation(), effect.attempts(), effect.freeSlots());
    send(
        effect.scheduler(),
        Kind.HEARTBEAT,
        1,
        peer -> {
          if (client.heartbeat(peer, heartbeat)
              instanceof Reply.Answered<HeartbeatAnswer> answered) {
            directory.learn(answered.value().schedulers());
            boolean same = answered.value().scheduler().equals(effect.scheduler());
            if (same && !answered.value().registered()) {
              agent.accept(new AgentEvent.RegistrationAsked(effect.scheduler()));
            }
          }
        });
  }

  void lookForSchedulers() {
    directory.lookNow();
  }

  void askJobs(AgentEffect.AskJobs effect) {
    send(
        effect.scheduler(),
        Kind.JOBS,
        1,
        peer -> {
          if (client.knownJobs(peer, effect.jobs())
              instanceof Reply.Answered<List<JobId>>(var known)) {
            agent.accept(new AgentEvent.JobsKnown(effect.jobs(), known));
          }
        });
  }

  /** Returns what can be waited for, if it was sent. */
  Optional<Thread> leave(AgentEffect.SayLeaving effect) {
    var departure = new Departure(template.executor(), template.incarnation(), effect.gone());
    return send(
        effect.scheduler(),
        effect.gone() ? Kind.GONE : Kind.LEAVE,
        1,
        peer -> client.leave(peer, departure));
  }

  void offer(AgentEffect.SendOffer effect) {
    send(
        effect.scheduler(),
        Kind.OFFER,
        template.slots(),
        peer -> {
          switch (template.mode()) {
            case PUSH -> push(peer, effect);
            case PULL -> pull(peer, effect);
          }
        });
  }

  private void push(HostPort peer, AgentEffect.SendOffer effect) {
    if (client.offerSlots(peer, offerOf(effect.reservations()))
        instanceof Reply.Answered<OfferAnswer> answered) {
      List<String> declined = answered.value().declined();
      if (!declined.isEmpty()) {
        agent.accept(new AgentEvent.ReservationsCancelled(effect.scheduler(), declined));
      }
    }
  }

  private void pull(HostPort peer, AgentEffect.SendOffer effect) {
    if (client.pollWork(peer, offerOf(effect.reservations()))
        instanceof Reply.Answered<LaunchBatch> answered) {
      try {
        endpoint.acceptPolled(answered.value(), effect.reservations());
      } catch (Reply.Rejection rejected) {
        LOG.warn("work polled from {} is not done: {}", peer, rejected.getMessage());
      }
    }
  }

  private SlotOffer offerOf(List<ExecutorReservation> reservations) {
    long nowMs = clockMs.getAsLong();
    return new SlotOffer(
        template.executor(),
        template.incarnation(),
        reservations.stream()
            .map(reservation -> SchedulerMessages.sent(reservation, nowMs))
            .toList());
  }

  void statuses(AgentEffect.SendStatuses effect) {
    long nowMs = clockMs.getAsLong();
    List<StatusReport> reports =
        effect.reports().stream()
            .map(
                report ->
                    new StatusReport(
                        report.status(),
                        report.followUp() == null
                            ? null
                            : SchedulerMessages.sent(report.followUp(), nowMs)))
            .toList();
    StatusUpdate update = new StatusUpdate(template.executor(), template.incarnation(), reports);
    send(
        effect.scheduler(),
        Kind.STATUSES,
        limits.statusCallsMax(),
        peer -> {
          if (client.updateTaskStatus(peer, update)
              instanceof Reply.Answered<StatusAnswer> answered) {
            List<TaskAttemptId> acknowledged = answered.value().acknowledged();
            if (!acknowledged.isEmpty()) {
              agent.accept(new AgentEvent.StatusesAcknowledged(acknowledged));
            }
          }
        });
  }

  private Optional<Thread> send(
      Incarnation scheduler, Kind kind, int atOnceMax, Consumer<HostPort> message) {
    HostPort peer = directory.addressOf(scheduler).orElse(null);
    if (peer == null) {
      return Optional.empty();
    }
    if (lanes.size() > limits.schedulersMax() * Kind.values().length) {
      // Most belong to schedulers that are gone.
      lanes.clear();
    }
    Lane lane = new Lane(scheduler, kind);
    Semaphore free = lanes.computeIfAbsent(lane, _ -> new Semaphore(atOnceMax));
    if (!free.tryAcquire()) {
      LOG.debug("{} to {} is dropped: the ones before it are still under way", kind, peer);
      return Optional.empty();
    }
    return Optional.of(
        Thread.ofVirtual()
            .name("to-scheduler")
            .start(
                () -> {
                  try {
                    message.accept(peer);
                  } catch (IllegalStateException closing) {
                    LOG.debug("{} to {} is dropped: {}", kind, peer, closing.getMessage());
                  } finally {
                    free.release();
                  }
                }));
  }
}
