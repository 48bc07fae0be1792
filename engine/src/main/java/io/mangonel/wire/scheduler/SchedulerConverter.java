package io.mangonel.wire.scheduler;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.wire.GraphConverter;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.proto.DescribeSchedulerResponse;
import io.mangonel.wire.proto.HeartbeatRequest;
import io.mangonel.wire.proto.HeartbeatResponse;
import io.mangonel.wire.proto.LeaveExecutorRequest;
import io.mangonel.wire.proto.OfferSlotsRequest;
import io.mangonel.wire.proto.OfferSlotsResponse;
import io.mangonel.wire.proto.RegisterExecutorRequest;
import io.mangonel.wire.proto.RegisterExecutorResponse;
import io.mangonel.wire.proto.UpdateTaskStatusRequest;
import io.mangonel.wire.proto.UpdateTaskStatusResponse;
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

/** The messages of the scheduler's service as records and back; see {@link GraphConverter}. */
final class SchedulerConverter {
  private SchedulerConverter() {}

  static DescribeSchedulerResponse write(SchedulerDescription description) {
    return DescribeSchedulerResponse.newBuilder()
        .setScheduler(description.scheduler().value())
        .addAllSchedulers(GraphConverter.writeAddresses(description.schedulers()))
        .build();
  }

  static SchedulerDescription read(DescribeSchedulerResponse response) {
    return new SchedulerDescription(
        new Incarnation(response.getScheduler()),
        GraphConverter.readAddresses(response.getSchedulersList()));
  }

  static RegisterExecutorRequest write(Registration registration) {
    return RegisterExecutorRequest.newBuilder()
        .setExecutor(registration.executor().value())
        .setIncarnation(registration.incarnation().value())
        .setHost(registration.address().host())
        .setPort(registration.address().port())
        .setSlots(registration.slots())
        .setThreads(registration.threads())
        .setMemoryBytes(registration.memoryBytes())
        .setEngineVersion(registration.engineVersion())
        .setMode(
            switch (registration.mode()) {
              case PUSH -> RegisterExecutorRequest.Mode.PUSH;
              case PULL -> RegisterExecutorRequest.Mode.PULL;
            })
        .addAllOutputs(GraphConverter.writeIds(registration.outputs()))
        .build();
  }

  static Registration read(RegisterExecutorRequest request) {
    return new Registration(
        new ExecutorId(request.getExecutor()),
        new Incarnation(request.getIncarnation()),
        new HostPort(request.getHost(), request.getPort()),
        request.getSlots(),
        request.getThreads(),
        request.getMemoryBytes(),
        request.getEngineVersion(),
        switch (request.getMode()) {
          case PUSH -> Mode.PUSH;
          case PULL -> Mode.PULL;
          case UNRECOGNIZED -> throw new IllegalArgumentException("mode is unknown");
        },
        GraphConverter.readIds(request.getOutputsList()));
  }

  static RegisterExecutorResponse write(RegistrationAnswer answer) {
    return switch (answer) {
      case RegistrationAnswer.Accepted accepted ->
          RegisterExecutorResponse.newBuilder()
              .setAccepted(
                  RegisterExecutorResponse.Accepted.newBuilder()
                      .setScheduler(accepted.scheduler().value())
                      .addAllSchedulers(GraphConverter.writeAddresses(accepted.schedulers())))
              .build();
      case RegistrationAnswer.Refused refused ->
          RegisterExecutorResponse.newBuilder().setRefused(refused.message()).build();
    };
  }

  static RegistrationAnswer read(RegisterExecutorResponse response) {
    return switch (response.getAnswerCase()) {
      case ACCEPTED ->
          new RegistrationAnswer.Accepted(
              new Incarnation(response.getAccepted().getScheduler()),
              GraphConverter.readAddresses(response.getAccepted().getSchedulersList()));
      case REFUSED -> new RegistrationAnswer.Refused(response.getRefused());
      case ANSWER_NOT_SET ->
          throw new IllegalArgumentException("registration was answered with nothing");
    };
  }

  static HeartbeatRequest write(HeartbeatMessage heartbeat) {
    return HeartbeatRequest.newBuilder()
        .setExecutor(heartbeat.executor().value())
        .setIncarnation(heartbeat.incarnation().value())
        .addAllAttempts(GraphConverter.writeIds(heartbeat.attempts()))
        .setFreeSlots(heartbeat.freeSlots())
        .build();
  }

  static HeartbeatMessage read(HeartbeatRequest request) {
    return new HeartbeatMessage(
        new ExecutorId(request.getExecutor()),
        new Incarnation(request.getIncarnation()),
        GraphConverter.readIds(request.getAttemptsList()),
        request.getFreeSlots());
  }

  static HeartbeatResponse write(HeartbeatAnswer answer) {
    return HeartbeatResponse.newBuilder()
        .setScheduler(answer.scheduler().value())
        .setRegistered(answer.registered())
        .addAllSchedulers(GraphConverter.writeAddresses(answer.schedulers()))
        .build();
  }

  static HeartbeatAnswer read(HeartbeatResponse response) {
    return new HeartbeatAnswer(
        new Incarnation(response.getScheduler()),
        response.getRegistered(),
        GraphConverter.readAddresses(response.getSchedulersList()));
  }

  static LeaveExecutorRequest write(Departure departure) {
    return LeaveExecutorRequest.newBuilder()
        .setExecutor(departure.executor().value())
        .setIncarnation(departure.incarnation().value())
        .setGone(departure.gone())
        .build();
  }

  static Departure read(LeaveExecutorRequest request) {
    return new Departure(
        new ExecutorId(request.getExecutor()),
        new Incarnation(request.getIncarnation()),
        request.getGone());
  }

  static UpdateTaskStatusRequest write(StatusUpdate update) {
    UpdateTaskStatusRequest.Builder builder =
        UpdateTaskStatusRequest.newBuilder()
            .setExecutor(update.executor().value())
            .setIncarnation(update.incarnation().value());
    for (StatusReport report : update.reports()) {
      UpdateTaskStatusRequest.Report.Builder one =
          UpdateTaskStatusRequest.Report.newBuilder()
              .setStatus(GraphConverter.write(report.status()));
      if (report.followUp() != null) {
        one.setFollowUp(GraphConverter.write(report.followUp()));
      }
      builder.addReports(one);
    }
    return builder.build();
  }

  static StatusUpdate read(UpdateTaskStatusRequest request) {
    return new StatusUpdate(
        new ExecutorId(request.getExecutor()),
        new Incarnation(request.getIncarnation()),
        request.getReportsList().stream().map(SchedulerConverter::read).toList());
  }

  private static StatusReport read(UpdateTaskStatusRequest.Report report) {
    return new StatusReport(
        GraphConverter.read(report.getStatus()),
        report.hasFollowUp() ? GraphConverter.read(report.getFollowUp()) : null);
  }

  static UpdateTaskStatusResponse write(StatusAnswer answer) {
    return UpdateTaskStatusResponse.newBuilder()
        .addAllAcknowledged(GraphConverter.writeIds(answer.acknowledged()))
        .build();
  }

  static StatusAnswer read(UpdateTaskStatusResponse response) {
    return new StatusAnswer(GraphConverter.readIds(response.getAcknowledgedList()));
  }

  static OfferSlotsRequest write(SlotOffer offer) {
    return OfferSlotsRequest.newBuilder()
        .setExecutor(offer.executor().value())
        .setIncarnation(offer.incarnation().value())
        .addAllReservations(GraphConverter.writeReservations(offer.reservations()))
        .build();
  }

  static SlotOffer read(OfferSlotsRequest request) {
    return new SlotOffer(
        new ExecutorId(request.getExecutor()),
        new Incarnation(request.getIncarnation()),
        GraphConverter.readReservations(request.getReservationsList()));
  }

  static OfferSlotsResponse write(OfferAnswer answer) {
    return OfferSlotsResponse.newBuilder().addAllDeclined(answer.declined()).build();
  }

  static OfferAnswer read(OfferSlotsResponse response) {
    return new OfferAnswer(response.getDeclinedList());
  }
}
