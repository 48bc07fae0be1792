package io.mangonel.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.graph.EdgeKind;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.executor.task.Plans;
import io.mangonel.executor.work.NativeLibrary;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.planner.stage.StagePlan;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Reply;
import io.mangonel.wire.executor.ExecutorMessages.FileRequest;
import io.mangonel.wire.executor.ExecutorMessages.JobRemoval;
import io.mangonel.wire.executor.ExecutorMessages.TaskCancel;
import io.mangonel.wire.scheduler.SchedulerMessages.Registration;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole executors in this process, with a scheduler behind a real gRPC server. */
final class ExecutorServerTest {
  private static final int PARTITIONS = 7;
  private static final String ENDLESS =
      "SELECT count(*) AS c0 FROM range(1000000000) a, range(1000) b"
          + " WHERE (a.range + b.range) % 7 = 3";

  @TempDir Path directory;

  private final List<ExecutorServer> running = new ArrayList<>();
  private TestScheduler scheduler = new TestScheduler("scheduler-1", 0);

  @AfterEach
  void close() {
    running.forEach(ExecutorServer::close);
    scheduler.close();
  }

  private ExecutorConfig config(String name, boolean pull) {
    return new ExecutorConfig(
        "127.0.0.1",
        0,
        List.of(scheduler.address().toString()),
        directory.resolve(name),
        1,
        1,
        128L << 20,
        pull,
        List.of());
  }

  private ExecutorServer start(String name, boolean readInPlace) throws IOException {
    Limits limits = Limits.of(directory);
    return started(
        ExecutorServer.start(
            config(name, false), readInPlace ? limits : limits.withoutReadInPlace()));
  }

  private ExecutorServer started(ExecutorServer executor) {
    running.add(executor);
    return executor;
  }

  @Test
  void aTaskRunsAndItsStatusIsRepeatedUntilItIsAcknowledged() throws Exception {
    ExecutorServer executor = start("e1", true);
    assertThat(executor.awaitRegistered(TestScheduler.PATIENCE.toMillis())).isTrue();
    Registration registration = scheduler.awaitRegistration(executor.id());
    assertThat(registration.address()).isEqualTo(new HostPort("127.0.0.1", executor.port()));
    assertThat(registration.engineVersion()).startsWith("v");
    scheduler.acknowledges = false;
    TaskAttemptId id = Plans.id("j", 0, 0);
    StagePlan plan = Plans.result("SELECT 42::BIGINT AS c0");
    assertThat(scheduler.launch(executor.id(), id, plan))
        .isEqualTo(new TaskLaunch.Answer.Accepted(id));
    assertThat(scheduler.awaitStatus(id).outcome()).isInstanceOf(TaskOutcome.Succeeded.class);
    await().atMost(TestScheduler.PATIENCE).until(() -> scheduler.statuses.size() >= 3);
    scheduler.acknowledges = true;
    TaskAttemptId next = Plans.id("j", 0, 1);
    scheduler.launch(executor.id(), next, Plans.stage(0, 2, "SELECT 1", new StageOutput.Result()));
    scheduler.awaitStatus(next);
    scheduler.reserve(executor.id());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void executorsReadEachOthersFiles(boolean readInPlace) throws Exception {
    ExecutorServer producer = start("producer", readInPlace);
    ExecutorServer consumer = start("consumer", readInPlace);
    TaskOutput output = produce(producer);
    long rows = 0;
    for (int partition = 0; partition < PARTITIONS; partition++) {
      TaskAttemptId id = Plans.id("j", 1, partition);
      scheduler.launch(consumer.id(), id, counting(), filesOf(producer, output, partition));
      TaskOutcome outcome = scheduler.awaitStatus(id).outcome();
      assertThat(outcome).isInstanceOf(TaskOutcome.Succeeded.class);
      rows += ((TaskOutcome.Succeeded) outcome).output().rows();
      assertThat(scheduler.awaitStatus(id).inputs()).containsExactly(Plans.id("j", 0, 0));
    }
    assertThat(rows).isEqualTo(1_000);
    try (Stream<Path> fetched = Files.list(directory.resolve("consumer/fetched"))) {
      assertThat(fetched.count()).isEqualTo(readInPlace ? 0 : PARTITIONS);
    }
    assertThat(directory.resolve("consumer/inputs")).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLostFileBlamesItsProducer(boolean readInPlace) throws Exception {
    ExecutorServer producer = start("producer", readInPlace);
    ExecutorServer consumer = start("consumer", readInPlace);
    TaskOutput output = produce(producer);
    InputLocation input = filesOf(producer, output, 2);
    Path file = directory.resolve("producer/shuffle").resolve(input.files().getFirst().path());
    Files.delete(file);
    assertThat(consume(consumer, 2, input))
        .isInstanceOfSatisfying(
            Failure.FetchFailed.class,
            failure -> {
              assertThat(failure.producer()).isEqualTo(Plans.id("j", 0, 0));
              assertThat(failure.message()).contains("NOT_FOUND");
            });
    Files.write(file, new byte[(int) input.files().getFirst().bytes()]);
    assertThat(consume(consumer, 2, input)).isInstanceOf(Failure.FetchFailed.class);
    InputLocation flipped = filesOf(producer, output, 4);
    flip(directory.resolve("producer/shuffle").resolve(flipped.files().getFirst().path()));
    assertThat(consume(consumer, 4, flipped))
        .isInstanceOfSatisfying(
            Failure.FetchFailed.class,
            failure -> assertThat(failure.message()).contains("is not what was written"));
    producer.close();
    assertThat(consume(consumer, 3, filesOf(producer, output, 3)))
        .satisfies(
            failure ->
                assertThat(readInPlace || failure instanceof Failure.HolderUnreachable).isTrue());
  }

  /** One bit, in the middle: the file is still Parquet. */
  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void aResultThatWasDamagedIsNotServed() throws Exception {
    ExecutorServer executor = start("e1", true);
    TaskAttemptId id = Plans.id("j", 0, 0);
    scheduler.launch(
        executor.id(),
        id,
        Plans.result("SELECT range AS c0, repeat('x', 20) AS c1 FROM range(100000)"));
    var outcome = (TaskOutcome.Succeeded) scheduler.awaitStatus(id).outcome();
    OutputFile file = outcome.output().files().getFirst();
    HostPort address = scheduler.awaitRegistration(executor.id()).address();
    var request = new FileRequest(executor.id(), file.path(), file.checksum(), 0);
    var whole = new ByteArrayOutputStream();
    assertThat(scheduler.executors.fetchPartition(address, request, whole))
        .isEqualTo(new Reply.Answered<>(file.bytes()));
    flip(directory.resolve("e1/shuffle").resolve(file.path()));
    var nothing = new ByteArrayOutputStream();
    assertThat(scheduler.executors.fetchPartition(address, request, nothing))
        .isInstanceOfSatisfying(
            Reply.Broken.class,
            broken -> assertThat(broken.message()).contains("is not what was written"));
    assertThat(nothing.size()).isZero();
  }

  @Test
  void aLaunchWithoutALiveReservationIsRejected() throws Exception {
    ExecutorServer executor = start("e1", true);
    String reservation = scheduler.reserve(executor.id()).id();
    HostPort address = scheduler.awaitRegistration(executor.id()).address();
    scheduler.executors.cancelReservations(address, scheduler.incarnation, List.of(reservation));
    TaskAttemptId id = Plans.id("j", 0, 0);
    var batch =
        scheduler.batch(
            executor.id(), new TaskLaunch(id, reservation, 1, List.of()), Plans.result("SELECT 1"));
    assertThat(scheduler.executors.launchTasks(address, batch))
        .isEqualTo(
            new Reply.Answered<>(
                List.of(
                    new TaskLaunch.Answer.Rejected(
                        id,
                        TaskLaunch.Reason.NO_RESERVATION,
                        "reservation " + reservation + " is not live"))));
  }

  /** The failure of a task that reads the input, or a user error named "none". */
  private Failure consume(ExecutorServer consumer, int partition, InputLocation input) {
    TaskAttemptId id =
        new TaskAttemptId(
            new JobId("j"), 1, 0, partition, 1, Plans.SCHEDULER, scheduler.statuses.size());
    scheduler.launch(consumer.id(), id, counting(), input);
    return switch (scheduler.awaitStatus(id).outcome()) {
      case TaskOutcome.Failed failed -> failed.failure();
      case TaskOutcome.Succeeded _ -> new Failure.UserError("none");
    };
  }

  private TaskOutput produce(ExecutorServer producer) {
    TaskAttemptId id = Plans.id("j", 0, 0);
    StagePlan write =
        Plans.stage(
            0, 1, "SELECT range AS c0, 'row' AS c1 FROM range(1000)", Plans.hashOutput(PARTITIONS));
    scheduler.launch(producer.id(), id, write);
    TaskOutcome outcome = scheduler.awaitStatus(id).outcome();
    assertThat(outcome).isInstanceOf(TaskOutcome.Succeeded.class);
    return ((TaskOutcome.Succeeded) outcome).output();
  }

  private static InputLocation filesOf(ExecutorServer producer, TaskOutput output, int partition) {
    List<OutputFile> files =
        output.files().stream().filter(file -> file.partition() == partition).toList();
    assertThat(files).hasSize(1);
    return new InputLocation(Plans.id("j", 0, 0), producer.id(), files);
  }

  private static StagePlan counting() {
    return Plans.stage(
        1,
        PARTITIONS,
        "SELECT c0 FROM input",
        new StageOutput.Result(),
        Plans.exchange(0, EdgeKind.HASH, PARTITIONS));
  }

  @Test
  void aTaskIsCancelledAndItsSlotIsFree() throws Exception {
    ExecutorServer executor = start("e1", true);
    TaskAttemptId id = Plans.id("j", 0, 0);
    scheduler.launch(executor.id(), id, Plans.result(ENDLESS));
    Registration to = scheduler.awaitRegistration(executor.id());
    TaskCancel cancel = new TaskCancel(to.incarnation(), new JobId("j"), 1, List.of(id));
    assertThat(scheduler.executors.cancelTasks(to.address(), cancel))
        .isInstanceOf(Reply.Answered.class);
    assertThat(scheduler.awaitStatus(id).outcome())
        .isEqualTo(new TaskOutcome.Failed(new Failure.Killed("interrupted on request")));
  }

  @Test
  void aTaskIsCancelledWhileItsInputsAreFetched() throws Exception {
    try (StalledPeer peer = new StalledPeer()) {
      ExecutorServer executor = start("e1", true);
      ExecutorId stalled = new ExecutorId("stalled");
      scheduler.addPeer(stalled, peer.address());
      Registration to = scheduler.awaitRegistration(executor.id());
      OutputFile file = new OutputFile(0, "j/data.parquet", 1, 100, OutputFile.NO_CHECKSUM);
      TaskAttemptId id = Plans.id("j", 1, 0);
      scheduler.launch(
          executor.id(),
          id,
          counting(),
          new InputLocation(Plans.id("j", 0, 0), stalled, List.of(file)));
      peer.awaitFetch();
      long startNs = System.nanoTime();
      scheduler.executors.cancelTasks(
          to.address(), new TaskCancel(to.incarnation(), new JobId("j"), 1, List.of(id)));
      assertThat(scheduler.awaitStatus(id).outcome())
          .isEqualTo(new TaskOutcome.Failed(new Failure.Killed("interrupted on request")));
      // A fetch that sends nothing is given up after 15 seconds only.
      assertThat(System.nanoTime() - startNs).isLessThan(2_000_000_000L);
      assertThat(directory.resolve("e1/fetched")).isEmptyDirectory();
    }
  }

  @Test
  void dataGoesWhenItsJobIsRemoved() throws Exception {
    ExecutorServer executor = start("e1", true);
    TaskOutput output = produce(executor);
    Registration to = scheduler.awaitRegistration(executor.id());
    Path file = directory.resolve("e1/shuffle").resolve(output.files().getFirst().path());
    assertThat(file).exists();
    JobRemoval other = new JobRemoval(new Incarnation("another"), new JobId("j"), 1);
    assertThat(scheduler.executors.removeJobData(to.address(), other))
        .isInstanceOf(Reply.Rejected.class);
    JobRemoval removal = new JobRemoval(to.incarnation(), new JobId("j"), 1);
    assertThat(scheduler.executors.removeJobData(to.address(), removal))
        .isInstanceOf(Reply.Answered.class);
    await().atMost(TestScheduler.PATIENCE).until(() -> !Files.exists(file));
  }

  @Test
  void onlyShuffleFilesAreServed() throws Exception {
    ExecutorServer executor = start("e1", true);
    HostPort address = scheduler.awaitRegistration(executor.id()).address();
    for (String path : List.of("../node-id", "/etc/hostname", "", ".", "job-x/none", "a\0b")) {
      var request = new FileRequest(executor.id(), path);
      assertThat(scheduler.executors.fetchPartition(address, request, new ByteArrayOutputStream()))
          .as(path)
          .isInstanceOf(Reply.NotFound.class);
    }
  }

  @Test
  void anExecutorOutlivesItsSchedulerAndRegistersWithTheNext() throws Exception {
    ExecutorServer executor = start("e1", true);
    scheduler.awaitRegistration(executor.id());
    int port = scheduler.address().port();
    scheduler.close();
    scheduler = new TestScheduler("scheduler-2", port);
    Registration again = scheduler.awaitRegistration(executor.id());
    assertThat(again.address().port()).isEqualTo(executor.port());
  }

  @Test
  void anExecutorThatPollsGetsItsWork() throws Exception {
    TaskAttemptId id = Plans.id("j", 0, 0);
    ExecutorServer executor = started(ExecutorServer.start(config("e1", true)));
    scheduler.awaitRegistration(executor.id());
    scheduler.polledPlan = Plans.result("SELECT 42::BIGINT AS c0");
    scheduler.polledLaunch = Plans.launch(id);
    assertThat(scheduler.awaitStatus(id).outcome()).isInstanceOf(TaskOutcome.Succeeded.class);
  }

  @Test
  void whatStopsAnExecutorIsToldInOneLine() throws Exception {
    scheduler.refusal = "it runs DuckDB v9, this cluster v8";
    ExecutorServer executor = start("e1", true);
    assertThatThrownBy(() -> executor.awaitRegistered(TestScheduler.PATIENCE.toMillis()))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "scheduler "
                + scheduler.address()
                + " refuses this executor: it runs DuckDB v9, this cluster v8");
    ExecutorConfig same = config("e1", false);
    assertThatThrownBy(() -> ExecutorServer.start(same))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("belongs to an executor that is running");
    ExecutorConfig taken =
        new ExecutorConfig(
            "127.0.0.1",
            executor.port(),
            same.schedulers(),
            directory.resolve("e2"),
            1,
            1,
            128L << 20,
            false,
            List.of());
    assertThatThrownBy(() -> ExecutorServer.start(taken))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("the port is in use");
    executor.close();
    started(ExecutorServer.start(same));
  }

  @Test
  void theUnpackedLibraryIsNotLeftBehind() throws Exception {
    ExecutorServer executor = start("e1", true);
    assertThat(NativeLibrary.unpacked()).isEmpty();
    TaskAttemptId id = Plans.id("j", 0, 0);
    scheduler.launch(executor.id(), id, Plans.result("SELECT 42::BIGINT AS c0"));
    assertThat(scheduler.awaitStatus(id).outcome()).isInstanceOf(TaskOutcome.Succeeded.class);
  }
}
