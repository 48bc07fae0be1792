package io.mangonel.executor;

import static org.awaitility.Awaitility.await;

import io.mangonel.core.Bytes;
import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskStatus;
import io.mangonel.planner.stage.StagePlan;
import io.mangonel.planner.stage.StagePlanCodec;
import io.mangonel.wire.Channels;
import io.mangonel.wire.GrpcServer;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Reply;
import io.mangonel.wire.executor.ExecutorClient;
import io.mangonel.wire.executor.ExecutorMessages.LaunchBatch;
import io.mangonel.wire.executor.ExecutorMessages.Peer;
import io.mangonel.wire.executor.ExecutorMessages.PlanBytes;
import io.mangonel.wire.executor.ExecutorMessages.SlotAnswer;
import io.mangonel.wire.executor.ExecutorMessages.SlotRequest;
import io.mangonel.wire.scheduler.Follower;
import io.mangonel.wire.scheduler.SchedulerEndpoint;
import io.mangonel.wire.scheduler.SchedulerMessages.Departure;
import io.mangonel.wire.scheduler.SchedulerMessages.HeartbeatAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.HeartbeatMessage;
import io.mangonel.wire.scheduler.SchedulerMessages.OfferAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.Registration;
import io.mangonel.wire.scheduler.SchedulerMessages.RegistrationAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.SchedulerDescription;
import io.mangonel.wire.scheduler.SchedulerMessages.SlotOffer;
import io.mangonel.wire.scheduler.SchedulerMessages.StatusAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.StatusReport;
import io.mangonel.wire.scheduler.SchedulerMessages.StatusUpdate;
import io.mangonel.wire.scheduler.SchedulerPeerService;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler without decisions, behind a real gRPC server: it records what executors say and sends
 * what a test wants sent.
 */
final class TestScheduler implements SchedulerEndpoint, AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Of its reservations. */
  private static final long TTL_MS = 3_000;

  final Map<ExecutorId, Registration> registrations = new ConcurrentHashMap<>();
  final List<TaskStatus> statuses = new CopyOnWriteArrayList<>();
  final List<Departure> departures = new CopyOnWriteArrayList<>();
  final AtomicInteger unknownAsks = new AtomicInteger();
  final AtomicInteger heartbeats = new AtomicInteger();
  final Set<JobId> knownJobs = ConcurrentHashMap.newKeySet();
  final ExecutorClient executors;
  final Incarnation incarnation;
  volatile boolean acknowledges = true;
  volatile @Nullable String refusal;
  volatile @Nullable TaskLaunch polledLaunch;
  volatile @Nullable StagePlan polledPlan;
  private final List<Peer> strangers = new CopyOnWriteArrayList<>();
  private final Channels channels = new Channels();
  private final AtomicLong requests = new AtomicLong();
  private final GrpcServer server;

  TestScheduler(String incarnation, int port) {
    this.incarnation = new Incarnation(incarnation);
    this.executors = new ExecutorClient(channels);
    HostPort bind = new HostPort("127.0.0.1", port);
    // A port that was just left may be taken by a connection of somebody else for a while.
    GrpcServer.Start started =
        await()
            .atMost(PATIENCE)
            .until(
                () -> GrpcServer.start(bind, List.of(SchedulerPeerService.of(this))),
                GrpcServer.Start.Running.class::isInstance);
    server = ((GrpcServer.Start.Running) started).server();
  }

  HostPort address() {
    return new HostPort("127.0.0.1", server.port());
  }

  @Override
  public void close() {
    server.close();
    channels.close();
  }

  Registration awaitRegistration(ExecutorId executor) {
    await().atMost(PATIENCE).until(() -> registrations.containsKey(executor));
    return Objects.requireNonNull(registrations.get(executor));
  }

  void awaitHeartbeats(int more) {
    int until = heartbeats.get() + more;
    await().atMost(PATIENCE).until(() -> heartbeats.get() >= until);
  }

  /** Asks once for a slot. */
  SlotAnswer ask(ExecutorId executor) {
    Registration to = awaitRegistration(executor);
    SlotRequest request =
        new SlotRequest(to.incarnation(), incarnation, requests.incrementAndGet(), 1, TTL_MS);
    if (executors.reserveSlots(to.address(), request)
        instanceof Reply.Answered<SlotAnswer>(var answer)) {
      return answer;
    }
    throw new AssertionError("no answer to a request for slots");
  }

  /** A slot of the executor, as soon as one is free. */
  ExecutorReservation reserve(ExecutorId executor) {
    Registration to = awaitRegistration(executor);
    List<ExecutorReservation> granted = new CopyOnWriteArrayList<>();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              SlotRequest request =
                  new SlotRequest(
                      to.incarnation(), incarnation, requests.incrementAndGet(), 1, TTL_MS);
              if (executors.reserveSlots(to.address(), request)
                  instanceof Reply.Answered<SlotAnswer> answered) {
                granted.addAll(answered.value().granted());
              }
              return !granted.isEmpty();
            });
    return granted.getFirst();
  }

  /** An executor that never registered, for readers. */
  void addPeer(ExecutorId executor, HostPort address) {
    strangers.add(new Peer(executor, address));
  }

  LaunchBatch batch(ExecutorId executor, TaskLaunch launch, StagePlan plan) {
    List<Peer> peers =
        Stream.concat(
                strangers.stream(),
                registrations.values().stream().map(one -> new Peer(one.executor(), one.address())))
            .toList();
    PlanBytes bytes =
        new PlanBytes(
            launch.id().job(), launch.id().stage(), Bytes.of(StagePlanCodec.encode(plan)));
    return new LaunchBatch(
        awaitRegistration(executor).incarnation(),
        incarnation,
        List.of(launch),
        List.of(bytes),
        peers);
  }

  /** Launches a task on a slot that it reserves. */
  TaskLaunch.Answer launch(
      ExecutorId executor, TaskAttemptId id, StagePlan plan, InputLocation... inputs) {
    String reservation = reserve(executor).id();
    TaskLaunch launch = new TaskLaunch(id, reservation, 1, List.of(inputs));
    HostPort address = awaitRegistration(executor).address();
    Reply<List<TaskLaunch.Answer>> reply =
        executors.launchTasks(address, batch(executor, launch, plan));
    if (reply instanceof Reply.Answered<List<TaskLaunch.Answer>> answered) {
      return answered.value().getFirst();
    }
    throw new AssertionError(reply.toString());
  }

  TaskStatus awaitStatus(TaskAttemptId id) {
    await()
        .atMost(PATIENCE)
        .until(() -> statuses.stream().anyMatch(status -> status.id().equals(id)));
    return statuses.stream().filter(status -> status.id().equals(id)).findFirst().orElseThrow();
  }

  @Override
  public SchedulerDescription describe() {
    return new SchedulerDescription(incarnation, List.of(address()));
  }

  @Override
  public RegistrationAnswer registerExecutor(Registration registration) {
    String refused = refusal;
    if (refused != null) {
      return new RegistrationAnswer.Refused(refused);
    }
    registrations.put(registration.executor(), registration);
    return new RegistrationAnswer.Accepted(incarnation, List.of(address()));
  }

  @Override
  public HeartbeatAnswer heartbeat(HeartbeatMessage heartbeat) {
    heartbeats.incrementAndGet();
    return new HeartbeatAnswer(
        incarnation, registrations.containsKey(heartbeat.executor()), List.of(address()));
  }

  @Override
  public void leave(Departure departure) {
    departures.add(departure);
  }

  @Override
  public List<JobId> knownJobs(List<JobId> jobs) {
    List<JobId> known = jobs.stream().filter(knownJobs::contains).toList();
    if (known.size() < jobs.size()) {
      unknownAsks.incrementAndGet();
    }
    return known;
  }

  @Override
  public StatusAnswer updateTaskStatus(StatusUpdate update) {
    List<TaskStatus> reported = update.reports().stream().map(StatusReport::status).toList();
    statuses.addAll(reported);
    update.reports().forEach(this::giveBack);
    return new StatusAnswer(
        acknowledges ? reported.stream().map(TaskStatus::id).toList() : List.of());
  }

  private void giveBack(StatusReport report) {
    ExecutorReservation slot = report.followUp();
    Registration of = registrations.get(report.status().executor());
    if (slot != null && of != null) {
      executors.cancelReservations(of.address(), incarnation, List.of(slot.id()));
    }
  }

  @Override
  public LaunchBatch pollWork(SlotOffer offer) {
    TaskLaunch template = polledLaunch;
    StagePlan plan = polledPlan;
    polledLaunch = null;
    if (template == null || plan == null) {
      return new LaunchBatch(offer.incarnation(), incarnation, List.of(), List.of(), List.of());
    }
    String reservation = offer.reservations().getFirst().id();
    TaskLaunch launch = new TaskLaunch(template.id(), reservation, 1, template.inputs());
    return batch(offer.executor(), launch, plan);
  }

  @Override
  public void follow(Follower follower) {
    follower.end();
  }

  @Override
  public Sighting witness(Incarnation scheduler, HostPort address) {
    return Sighting.SILENT;
  }

  @Override
  public OfferAnswer offerSlots(SlotOffer offer) {
    return new OfferAnswer(offer.reservations().stream().map(ExecutorReservation::id).toList());
  }
}
