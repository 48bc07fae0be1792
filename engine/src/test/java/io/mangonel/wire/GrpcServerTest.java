package io.mangonel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.NettyChannelBuilder;
import io.mangonel.core.Bytes;
import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.core.task.TaskStatus;
import io.mangonel.wire.executor.ExecutorClient;
import io.mangonel.wire.executor.ExecutorEndpoint;
import io.mangonel.wire.executor.ExecutorMessages.FileRequest;
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
import io.mangonel.wire.executor.ExecutorPeerService;
import io.mangonel.wire.proto.HeartbeatRequest;
import io.mangonel.wire.proto.SchedulerServiceGrpc;
import io.mangonel.wire.scheduler.Follower;
import io.mangonel.wire.scheduler.SchedulerClient;
import io.mangonel.wire.scheduler.SchedulerEndpoint;
import io.mangonel.wire.scheduler.SchedulerMessages.Departure;
import io.mangonel.wire.scheduler.SchedulerMessages.HeartbeatAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.HeartbeatMessage;
import io.mangonel.wire.scheduler.SchedulerMessages.Mode;
import io.mangonel.wire.scheduler.SchedulerMessages.OfferAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.Registration;
import io.mangonel.wire.scheduler.SchedulerMessages.RegistrationAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.SchedulerDescription;
import io.mangonel.wire.scheduler.SchedulerMessages.SlotOffer;
import io.mangonel.wire.scheduler.SchedulerMessages.StatusAnswer;
import io.mangonel.wire.scheduler.SchedulerMessages.StatusReport;
import io.mangonel.wire.scheduler.SchedulerMessages.StatusUpdate;
import io.mangonel.wire.scheduler.SchedulerPeerService;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every message travels through a real server and arrives as it was sent. */
final class GrpcServerTest {
  private static final ExecutorId EXECUTOR = new ExecutorId("e1");
  private static final Incarnation RUN = new Incarnation("e1-run");
  private static final Incarnation SCHEDULER = new Incarnation("s1");
  private static final TaskAttemptId ID =
      new TaskAttemptId(new JobId("j1"), 2, 1, 7, 3, SCHEDULER, 4);
  private static final TaskAttemptId PRODUCER =
      new TaskAttemptId(new JobId("j1"), 0, 0, 5, 2, new Incarnation("s0"), 1);
  private static final long INTACT = 7;
  private static final OutputFile FILE =
      new OutputFile(-1, "j1/0/x.parquet", 10, 200, 0xFFFF_FFFFL);
  private static final ExecutorReservation TIED =
      new ExecutorReservation("r1", EXECUTOR, RUN, Optional.of(new JobId("j1")), 99);
  private static final ExecutorReservation FREE =
      new ExecutorReservation("r2", EXECUTOR, RUN, Optional.empty(), 100);

  @TempDir Path directory;

  private final List<Object> received = new ArrayList<>();
  private final Channels channels = new Channels();
  private final SchedulerClient schedulers = new SchedulerClient(channels);
  private final ExecutorClient executors = new ExecutorClient(channels);
  private GrpcServer server;
  private HostPort peer;

  @BeforeEach
  void start() {
    GrpcServer.Start start =
        GrpcServer.start(
            new HostPort("127.0.0.1", 0),
            List.of(SchedulerPeerService.of(new Scheduler()), ExecutorPeerService.of(new Node())));
    assertThat(start).isInstanceOf(GrpcServer.Start.Running.class);
    server = ((GrpcServer.Start.Running) start).server();
    peer = new HostPort("127.0.0.1", server.port());
  }

  @AfterEach
  void stop() {
    channels.close();
    server.close();
  }

  @Test
  void messagesToSchedulersArriveAsSent() {
    var registration =
        new Registration(
            EXECUTOR,
            RUN,
            new HostPort("::1", 4711),
            2,
            8,
            1L << 40,
            "v2.0.0",
            Mode.PULL,
            List.of(PRODUCER));
    assertThat(schedulers.registerExecutor(peer, registration))
        .isEqualTo(
            new Reply.Answered<RegistrationAnswer>(
                new RegistrationAnswer.Accepted(SCHEDULER, List.of(new HostPort("::1", 1)))));
    var heartbeat = new HeartbeatMessage(EXECUTOR, RUN, List.of(ID, PRODUCER), 3);
    assertThat(schedulers.heartbeat(peer, heartbeat))
        .isEqualTo(
            new Reply.Answered<>(
                new HeartbeatAnswer(SCHEDULER, true, List.of(new HostPort("localhost", 2)))));
    var update = new StatusUpdate(EXECUTOR, RUN, reports());
    assertThat(schedulers.updateTaskStatus(peer, update))
        .isEqualTo(new Reply.Answered<>(new StatusAnswer(List.of(ID))));
    var offer = new SlotOffer(EXECUTOR, RUN, List.of(FREE));
    assertThat(schedulers.pollWork(peer, offer)).isEqualTo(new Reply.Answered<>(batch()));
    assertThat(schedulers.offerSlots(peer, offer))
        .isEqualTo(new Reply.Answered<>(new OfferAnswer(List.of("r2"))));
    Departure departure = new Departure(EXECUTOR, RUN, true);
    assertThat(schedulers.leave(peer, departure)).isInstanceOf(Reply.Answered.class);
    List<JobId> jobs = List.of(new JobId("j1"), new JobId("j2"));
    assertThat(schedulers.knownJobs(peer, jobs))
        .isEqualTo(new Reply.Answered<>(List.of(new JobId("j1"))));
    assertThat(schedulers.describe(peer))
        .isEqualTo(
            new Reply.Answered<>(
                new SchedulerDescription(SCHEDULER, List.of(new HostPort("::1", 3)))));
    assertThat(received)
        .containsExactly(registration, heartbeat, update, offer, offer, departure, jobs);
  }

  @Test
  void witnessesSayWhatTheySaw() {
    var where = new HostPort("::1", 9);
    assertThat(schedulers.witness(peer, SCHEDULER, where))
        .isEqualTo(new Reply.Answered<>(Sighting.REPLACED));
    assertThat(executors.witness(peer, SCHEDULER, where))
        .isEqualTo(new Reply.Answered<>(Sighting.REFUSED));
    assertThat(received).containsExactly(where, SCHEDULER, where, SCHEDULER);
  }

  @Test
  void messagesToExecutorsArriveAsSent() {
    var request = new SlotRequest(RUN, SCHEDULER, 12, 4, 2_500);
    assertThat(executors.reserveSlots(peer, request))
        .isEqualTo(new Reply.Answered<>(new SlotAnswer(12, List.of(TIED), 3)));
    assertThat(executors.cancelReservations(peer, SCHEDULER, List.of("r1", "r2")))
        .isInstanceOf(Reply.Answered.class);
    assertThat(executors.launchTasks(peer, batch())).isEqualTo(new Reply.Answered<>(everyAnswer()));
    var cancel = new TaskCancel(RUN, new JobId("j1"), 5, List.of(ID));
    assertThat(executors.cancelTasks(peer, cancel)).isInstanceOf(Reply.Answered.class);
    List<JobEpoch> jobs = List.of(new JobEpoch(new JobId("j1"), 5));
    var adoption = new JobAdoption(RUN, SCHEDULER, jobs, List.of(new Incarnation("s0")));
    assertThat(executors.adoptJobs(peer, adoption))
        .isEqualTo(
            new Reply.Answered<>(
                new JobInventory(List.of(new JobId("j1")), jobs, List.of(ID), everyStatus())));
    var removal = new JobRemoval(RUN, new JobId("j1"), 5);
    assertThat(executors.removeJobData(peer, removal)).isInstanceOf(Reply.Answered.class);
    assertThat(executors.acknowledgeStatuses(peer, RUN, List.of(ID)))
        .isInstanceOf(Reply.Answered.class);
    var schedulers = List.of(new HostPort("a", 1), new HostPort("b", 2));
    assertThat(executors.announceSchedulers(peer, schedulers)).isInstanceOf(Reply.Answered.class);
    assertThat(executors.describeShuffle(peer))
        .isEqualTo(new Reply.Answered<>(new ShuffleDescription("/shuffle", "token")));
    assertThat(received)
        .hasSize(8)
        .startsWith(request, List.of("r1", "r2"), batch(), cancel)
        .endsWith(adoption, removal, List.of(ID), schedulers);
  }

  @Test
  void aRefusedRequestCarriesItsReason() {
    var other = new JobRemoval(new Incarnation("e0-run"), new JobId("j1"), 5);
    assertThat(executors.removeJobData(peer, other))
        .isEqualTo(
            new Reply.Rejected<>(
                peer + " FAILED_PRECONDITION: RemoveJobData: this is e1-run, not e0-run"));
  }

  @Test
  void filesOfAnySizeArriveWhole() throws IOException {
    for (int bytes : new int[] {0, 1, Limits.CHUNK_BYTES, 5 * Limits.CHUNK_BYTES + 3}) {
      byte[] content = new byte[bytes];
      new Random(bytes).nextBytes(content);
      Files.write(directory.resolve("file"), content);
      ByteArrayOutputStream target = new ByteArrayOutputStream();
      assertThat(executors.fetchPartition(peer, file("file"), target))
          .isEqualTo(new Reply.Answered<>((long) bytes));
      assertThat(target.toByteArray()).isEqualTo(content);

      int had = bytes / 3;
      ByteArrayOutputStream rest = new ByteArrayOutputStream();
      var restOfIt = new FileRequest(EXECUTOR, "file", INTACT, had);
      assertThat(executors.fetchPartition(peer, restOfIt, rest))
          .isEqualTo(new Reply.Answered<>((long) bytes - had));
      assertThat(rest.toByteArray()).isEqualTo(Arrays.copyOfRange(content, had, bytes));
    }
  }

  @Test
  void aMissingFileIsNotFoundAndAnotherOneIsNotSent() throws IOException {
    Files.writeString(directory.resolve("file"), "content");
    assertThat(fetch(new FileRequest(EXECUTOR, "file", INTACT, 0)))
        .isInstanceOf(Reply.Answered.class);
    assertThat(fetch(new FileRequest(EXECUTOR, "file", INTACT + 1, 0)))
        .isInstanceOf(Reply.Broken.class);
    assertThat(fetch(file("nothing"))).isInstanceOf(Reply.NotFound.class);
    assertThat(fetch(file("refused"))).isInstanceOf(Reply.NotFound.class);
  }

  /** What is not with whoever has the port now is not lost. */
  @Test
  void anotherExecutorAtTheAddressRefusesAndKnowsNothingOfTheFile() throws IOException {
    assertThat(fetch(new FileRequest(new ExecutorId("e9"), "nothing")))
        .isEqualTo(
            new Reply.Rejected<>(peer + " FAILED_PRECONDITION: this is executor e1, not e9"));
  }

  private Reply<Long> fetch(FileRequest request) throws IOException {
    return executors.fetchPartition(peer, request, new ByteArrayOutputStream());
  }

  private static FileRequest file(String path) {
    return new FileRequest(EXECUTOR, path);
  }

  @Test
  void aPortInUseIsToldInOneLine() {
    assertThat(GrpcServer.start(peer, List.of()))
        .isEqualTo(
            new GrpcServer.Start.Failed("cannot listen on " + peer + ": the port is in use"));
  }

  @Test
  void aClosedServerIsUnreachableAndItsSuccessorIsReachedAtOnce() {
    var heartbeat = new HeartbeatMessage(EXECUTOR, RUN, List.of(), 0);
    for (int round = 0; round < 20; round++) {
      Reply<HeartbeatAnswer> answer = schedulers.heartbeat(peer, heartbeat);
      assertThat(answer).as("round %d", round).isInstanceOf(Reply.Answered.class);
      server.close();
      for (int i = 0; i < 5; i++) {
        assertThat(schedulers.heartbeat(peer, heartbeat)).isInstanceOf(Reply.Unreachable.class);
      }
      server =
          ((GrpcServer.Start.Running)
                  GrpcServer.start(peer, List.of(SchedulerPeerService.of(new Scheduler()))))
              .server();
    }
  }

  @Test
  void newerMessagesAreRefusedByVersion() {
    var newer = new ProtocolVersion(Limits.PROTOCOL_VERSION + 1);
    var channel =
        NettyChannelBuilder.forAddress(peer.host(), peer.port())
            .usePlaintext()
            .intercept(newer)
            .build();
    var stub = SchedulerServiceGrpc.newBlockingStub(channel);
    Reply<Object> reply =
        Calls.ask(peer, () -> stub.heartbeat(HeartbeatRequest.getDefaultInstance()));
    channel.shutdownNow();
    assertThat(reply)
        .isEqualTo(
            new Reply.Rejected<>(
                peer + " FAILED_PRECONDITION: messages of version 2, this process reads up to 1"));
    assertThat(received).isEmpty();
  }

  @Test
  void anUnreadableRequestIsRejected() {
    var stub = SchedulerServiceGrpc.newBlockingStub(channels.to(peer));
    Reply<Object> reply =
        Calls.ask(peer, () -> stub.heartbeat(HeartbeatRequest.getDefaultInstance()));
    assertThat(reply)
        .isEqualTo(
            new Reply.Rejected<>(peer + " INVALID_ARGUMENT: Heartbeat: executor id is blank"));
  }

  @Test
  void addressesAreReadAndPrinted() {
    assertThat(HostPort.parse("db.example:1")).contains(new HostPort("db.example", 1));
    assertThat(HostPort.parse("[::1]:65535")).contains(new HostPort("::1", 65_535));
    assertThat(new HostPort("::1", 5)).hasToString("[::1]:5");
    for (String wrong : List.of("", "host", "host:", ":5", "host:65536", "::1:5", "host:5x")) {
      assertThat(HostPort.parse(wrong)).as(wrong).isEmpty();
    }
  }

  private static LaunchBatch batch() {
    var input = new InputLocation(PRODUCER, EXECUTOR, List.of(FILE));
    var launch = new TaskLaunch(ID, "r1", 3, List.of(input));
    return new LaunchBatch(
        RUN,
        SCHEDULER,
        List.of(launch),
        List.of(new PlanBytes(new JobId("j1"), 2, Bytes.of(new byte[] {1, 2, 3}))),
        List.of(new Peer(EXECUTOR, new HostPort("127.0.0.1", 7))));
  }

  private static List<TaskLaunch.Answer> everyAnswer() {
    List<TaskLaunch.Answer> answers = new ArrayList<>();
    answers.add(new TaskLaunch.Answer.Accepted(ID));
    answers.add(new TaskLaunch.Answer.StaleEpoch(PRODUCER, 9));
    for (TaskLaunch.Reason reason : TaskLaunch.Reason.values()) {
      answers.add(new TaskLaunch.Answer.Rejected(ID, reason, "because"));
    }
    return answers;
  }

  private static List<StatusReport> reports() {
    List<StatusReport> reports = new ArrayList<>();
    for (TaskStatus status : everyStatus()) {
      reports.add(new StatusReport(status, null));
    }
    reports.add(new StatusReport(everyStatus().getFirst(), FREE));
    return reports;
  }

  private static List<TaskStatus> everyStatus() {
    List<TaskOutcome> outcomes = new ArrayList<>();
    outcomes.add(
        new TaskOutcome.Succeeded(
            new TaskOutput(List.of(FILE), Bytes.of(new byte[] {9}), 10, 200)));
    for (Failure failure :
        List.of(
            new Failure.UserError("u"),
            new Failure.ResourceExhausted("r"),
            new Failure.Io("i"),
            new Failure.FetchFailed(PRODUCER, "f"),
            new Failure.HolderUnreachable(PRODUCER, "h"),
            new Failure.ExecutorLost("l"),
            new Failure.Killed("k"),
            new Failure.LaunchRejected("n"),
            new Failure.InputChanged("/a/b", "c"))) {
      outcomes.add(new TaskOutcome.Failed(failure));
    }
    return outcomes.stream()
        .map(outcome -> new TaskStatus(ID, EXECUTOR, RUN, List.of(PRODUCER), outcome))
        .toList();
  }

  private <T> T note(Object message, T answer) {
    received.add(message);
    return answer;
  }

  private final class Scheduler implements SchedulerEndpoint {
    @Override
    public SchedulerDescription describe() {
      return new SchedulerDescription(SCHEDULER, List.of(new HostPort("::1", 3)));
    }

    @Override
    public RegistrationAnswer registerExecutor(Registration registration) {
      return note(
          registration,
          new RegistrationAnswer.Accepted(SCHEDULER, List.of(new HostPort("::1", 1))));
    }

    @Override
    public HeartbeatAnswer heartbeat(HeartbeatMessage heartbeat) {
      return note(
          heartbeat, new HeartbeatAnswer(SCHEDULER, true, List.of(new HostPort("localhost", 2))));
    }

    @Override
    public StatusAnswer updateTaskStatus(StatusUpdate update) {
      return note(update, new StatusAnswer(List.of(ID)));
    }

    @Override
    public void leave(Departure departure) {
      note(departure, departure);
    }

    @Override
    public List<JobId> knownJobs(List<JobId> jobs) {
      return note(jobs, jobs.subList(0, 1));
    }

    @Override
    public LaunchBatch pollWork(SlotOffer offer) {
      return note(offer, batch());
    }

    @Override
    public OfferAnswer offerSlots(SlotOffer offer) {
      return note(offer, new OfferAnswer(List.of("r2")));
    }

    @Override
    public void follow(Follower follower) {
      note(follower.scheduler(), follower.tell(SCHEDULER, 7));
      follower.end();
    }

    @Override
    public Sighting witness(Incarnation scheduler, HostPort address) {
      return note(scheduler, note(address, Sighting.REPLACED));
    }
  }

  private final class Node implements ExecutorEndpoint {
    @Override
    public SlotAnswer reserveSlots(SlotRequest request) {
      return note(request, new SlotAnswer(request.request(), List.of(TIED), 3));
    }

    @Override
    public void cancelReservations(Incarnation scheduler, List<String> reservations) {
      assertThat(scheduler).isEqualTo(SCHEDULER);
      received.add(List.copyOf(reservations));
    }

    @Override
    public List<TaskLaunch.Answer> launchTasks(LaunchBatch batch) {
      return note(batch, everyAnswer());
    }

    @Override
    public Sighting witness(Incarnation scheduler, HostPort address) {
      return note(scheduler, note(address, Sighting.REFUSED));
    }

    @Override
    public void cancelTasks(TaskCancel cancel) {
      received.add(cancel);
    }

    @Override
    public JobInventory adoptJobs(JobAdoption adoption) {
      return note(
          adoption,
          new JobInventory(List.of(new JobId("j1")), adoption.jobs(), List.of(ID), everyStatus()));
    }

    @Override
    public void removeJobData(JobRemoval removal) {
      if (!removal.target().equals(RUN)) {
        throw new Reply.Rejection("this is " + RUN + ", not " + removal.target());
      }
      received.add(removal);
    }

    @Override
    public void acknowledgeStatuses(Incarnation target, List<TaskAttemptId> attempts) {
      assertThat(target).isEqualTo(RUN);
      received.add(attempts);
    }

    @Override
    public void schedulersAnnounced(List<HostPort> schedulers) {
      received.add(schedulers);
    }

    @Override
    public ShuffleDescription describeShuffle() {
      return new ShuffleDescription("/shuffle", "token");
    }

    @Override
    public ExecutorId executor() {
      return EXECUTOR;
    }

    @Override
    public Optional<Path> shuffleFile(String path) {
      return path.equals("refused") ? Optional.empty() : Optional.of(directory.resolve(path));
    }

    @Override
    public boolean isIntact(Path file, long checksum) {
      return checksum == INTACT;
    }
  }
}
