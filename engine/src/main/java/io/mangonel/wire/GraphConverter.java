package io.mangonel.wire;

import com.google.protobuf.ByteString;
import io.mangonel.core.Bytes;
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
import io.mangonel.wire.proto.Failure.Kind;
import io.mangonel.wire.proto.Reservation;
import io.mangonel.wire.proto.TaskAttempt;
import java.util.List;
import java.util.Optional;

/**
 * The records of {@code core.graph} as messages and back. Reading throws {@link
 * IllegalArgumentException} for a message that no record can hold.
 */
public final class GraphConverter {
  private GraphConverter() {}

  public static Bytes read(ByteString bytes) {
    return Bytes.of(bytes.toByteArray());
  }

  public static ByteString write(Bytes bytes) {
    return ByteString.copyFrom(bytes.toByteArray());
  }

  public static TaskAttempt write(TaskAttemptId id) {
    return TaskAttempt.newBuilder()
        .setJob(id.job().value())
        .setStage(id.stage())
        .setStageAttempt(id.stageAttempt())
        .setPartition(id.partition())
        .setLaunchEpoch(id.launchEpoch())
        .setLauncher(id.launcher().value())
        .setAttempt(id.attempt())
        .build();
  }

  public static TaskAttemptId read(TaskAttempt id) {
    return new TaskAttemptId(
        new JobId(id.getJob()),
        id.getStage(),
        id.getStageAttempt(),
        id.getPartition(),
        id.getLaunchEpoch(),
        new Incarnation(id.getLauncher()),
        id.getAttempt());
  }

  public static List<TaskAttempt> writeIds(List<TaskAttemptId> ids) {
    return ids.stream().map(GraphConverter::write).toList();
  }

  public static List<TaskAttemptId> readIds(List<TaskAttempt> ids) {
    return ids.stream().map(GraphConverter::read).toList();
  }

  public static Reservation write(ExecutorReservation reservation) {
    Reservation.Builder builder =
        Reservation.newBuilder()
            .setId(reservation.id())
            .setExecutor(reservation.executor().value())
            .setIncarnation(reservation.incarnation().value())
            .setTimeLeftMs(reservation.expiresAtMs())
            .setLane(reservation.lane());
    reservation.job().ifPresent(job -> builder.setJob(job.value()));
    return builder.build();
  }

  public static ExecutorReservation read(Reservation reservation) {
    return new ExecutorReservation(
        reservation.getId(),
        new ExecutorId(reservation.getExecutor()),
        new Incarnation(reservation.getIncarnation()),
        reservation.hasJob() ? Optional.of(new JobId(reservation.getJob())) : Optional.empty(),
        reservation.getTimeLeftMs(),
        reservation.getLane());
  }

  public static List<Reservation> writeReservations(List<ExecutorReservation> reservations) {
    return reservations.stream().map(GraphConverter::write).toList();
  }

  public static List<ExecutorReservation> readReservations(List<Reservation> reservations) {
    return reservations.stream().map(GraphConverter::read).toList();
  }

  public static io.mangonel.wire.proto.TaskLaunch write(TaskLaunch launch) {
    var builder =
        io.mangonel.wire.proto.TaskLaunch.newBuilder()
            .setId(write(launch.id()))
            .setReservation(launch.reservation())
            .setEpoch(launch.epoch());
    for (InputLocation input : launch.inputs()) {
      builder.addInputs(
          io.mangonel.wire.proto.InputLocation.newBuilder()
              .setProducer(write(input.producer()))
              .setExecutor(input.executor().value())
              .addAllFiles(writeFiles(input.files()))
              .setReproducible(input.reproducible()));
    }
    return builder.build();
  }

  public static TaskLaunch read(io.mangonel.wire.proto.TaskLaunch launch) {
    List<InputLocation> inputs =
        launch.getInputsList().stream()
            .map(
                input ->
                    new InputLocation(
                        read(input.getProducer()),
                        new ExecutorId(input.getExecutor()),
                        readFiles(input.getFilesList()),
                        input.getReproducible()))
            .toList();
    return new TaskLaunch(read(launch.getId()), launch.getReservation(), launch.getEpoch(), inputs);
  }

  public static io.mangonel.wire.proto.TaskStatus write(TaskStatus status) {
    var builder =
        io.mangonel.wire.proto.TaskStatus.newBuilder()
            .setId(write(status.id()))
            .setExecutor(status.executor().value())
            .setIncarnation(status.incarnation().value())
            .addAllInputs(writeIds(status.inputs()));
    switch (status.outcome()) {
      case TaskOutcome.Succeeded succeeded -> builder.setSucceeded(write(succeeded.output()));
      case TaskOutcome.Failed failed -> builder.setFailed(write(failed.failure()));
    }
    return builder.build();
  }

  public static TaskStatus read(io.mangonel.wire.proto.TaskStatus status) {
    TaskOutcome outcome =
        switch (status.getOutcomeCase()) {
          case SUCCEEDED -> new TaskOutcome.Succeeded(read(status.getSucceeded()));
          case FAILED -> new TaskOutcome.Failed(read(status.getFailed()));
          case OUTCOME_NOT_SET -> throw new IllegalArgumentException("task status has no outcome");
        };
    return new TaskStatus(
        read(status.getId()),
        new ExecutorId(status.getExecutor()),
        new Incarnation(status.getIncarnation()),
        readIds(status.getInputsList()),
        outcome);
  }

  private static List<io.mangonel.wire.proto.OutputFile> writeFiles(List<OutputFile> files) {
    return files.stream()
        .map(
            file ->
                io.mangonel.wire.proto.OutputFile.newBuilder()
                    .setPartition(file.partition())
                    .setPath(file.path())
                    .setRows(file.rows())
                    .setBytes(file.bytes())
                    .setChecksum(file.checksum())
                    .build())
        .toList();
  }

  private static List<OutputFile> readFiles(List<io.mangonel.wire.proto.OutputFile> files) {
    return files.stream()
        .map(
            file ->
                new OutputFile(
                    file.getPartition(),
                    file.getPath(),
                    file.getRows(),
                    file.getBytes(),
                    file.hasChecksum() ? file.getChecksum() : OutputFile.NO_CHECKSUM))
        .toList();
  }

  private static io.mangonel.wire.proto.TaskOutput write(TaskOutput output) {
    return io.mangonel.wire.proto.TaskOutput.newBuilder()
        .addAllFiles(writeFiles(output.files()))
        .setInline(write(output.inline()))
        .setRows(output.rows())
        .setBytes(output.bytes())
        .setSpilledBytes(output.spilledBytes())
        .build();
  }

  private static TaskOutput read(io.mangonel.wire.proto.TaskOutput output) {
    return new TaskOutput(
        readFiles(output.getFilesList()),
        read(output.getInline()),
        output.getRows(),
        output.getBytes(),
        output.getSpilledBytes());
  }

  private static io.mangonel.wire.proto.Failure write(Failure failure) {
    var builder = io.mangonel.wire.proto.Failure.newBuilder().setMessage(failure.message());
    switch (failure) {
      case Failure.UserError _ -> builder.setKind(Kind.USER_ERROR);
      case Failure.ResourceExhausted _ -> builder.setKind(Kind.RESOURCE_EXHAUSTED);
      case Failure.Io _ -> builder.setKind(Kind.IO);
      case Failure.FetchFailed fetch ->
          builder.setKind(Kind.FETCH_FAILED).setProducer(write(fetch.producer()));
      case Failure.HolderUnreachable silent ->
          builder.setKind(Kind.HOLDER_UNREACHABLE).setProducer(write(silent.producer()));
      case Failure.ExecutorLost _ -> builder.setKind(Kind.EXECUTOR_LOST);
      case Failure.Killed _ -> builder.setKind(Kind.KILLED);
      case Failure.LaunchRejected _ -> builder.setKind(Kind.LAUNCH_REJECTED);
      case Failure.InputChanged changed ->
          builder.setKind(Kind.INPUT_CHANGED).setPath(changed.path());
    }
    return builder.build();
  }

  private static Failure read(io.mangonel.wire.proto.Failure failure) {
    String message = failure.getMessage();
    return switch (failure.getKind()) {
      case USER_ERROR -> new Failure.UserError(message);
      case RESOURCE_EXHAUSTED -> new Failure.ResourceExhausted(message);
      case IO -> new Failure.Io(message);
      case FETCH_FAILED -> new Failure.FetchFailed(read(failure.getProducer()), message);
      case HOLDER_UNREACHABLE ->
          new Failure.HolderUnreachable(read(failure.getProducer()), message);
      case EXECUTOR_LOST -> new Failure.ExecutorLost(message);
      case KILLED -> new Failure.Killed(message);
      case LAUNCH_REJECTED -> new Failure.LaunchRejected(message);
      case INPUT_CHANGED -> new Failure.InputChanged(failure.getPath(), message);
      case KIND_UNKNOWN, UNRECOGNIZED ->
          throw new IllegalArgumentException("failure of an unknown kind: " + message);
    };
  }

  public static List<String> writeAddresses(List<HostPort> addresses) {
    return addresses.stream().map(HostPort::toString).toList();
  }

  public static List<HostPort> readAddresses(List<String> addresses) {
    return addresses.stream()
        .map(
            text ->
                HostPort.parse(text)
                    .orElseThrow(() -> new IllegalArgumentException("not an address: " + text)))
        .toList();
  }
}
