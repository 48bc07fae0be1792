package io.mangonel.wire.executor;

import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mangonel.core.task.Incarnation;
import io.mangonel.wire.Calls;
import io.mangonel.wire.GraphConverter;
import io.mangonel.wire.Sightings;
import io.mangonel.wire.executor.ExecutorMessages.ShuffleDescription;
import io.mangonel.wire.proto.AcknowledgeStatusesRequest;
import io.mangonel.wire.proto.AdoptJobsRequest;
import io.mangonel.wire.proto.AdoptJobsResponse;
import io.mangonel.wire.proto.AnnounceSchedulersRequest;
import io.mangonel.wire.proto.CancelReservationsRequest;
import io.mangonel.wire.proto.CancelTasksRequest;
import io.mangonel.wire.proto.DescribeShuffleRequest;
import io.mangonel.wire.proto.DescribeShuffleResponse;
import io.mangonel.wire.proto.ExecutorServiceGrpc;
import io.mangonel.wire.proto.FetchPartitionRequest;
import io.mangonel.wire.proto.FetchPartitionResponse;
import io.mangonel.wire.proto.LaunchTasksRequest;
import io.mangonel.wire.proto.LaunchTasksResponse;
import io.mangonel.wire.proto.Received;
import io.mangonel.wire.proto.RemoveJobDataRequest;
import io.mangonel.wire.proto.ReserveSlotsRequest;
import io.mangonel.wire.proto.ReserveSlotsResponse;
import io.mangonel.wire.proto.WitnessSchedulerRequest;
import io.mangonel.wire.proto.WitnessSchedulerResponse;
import java.io.IOException;
import java.nio.file.Path;

/** Puts an {@link ExecutorEndpoint} behind gRPC. */
public final class ExecutorPeerService implements ExecutorServiceGrpc.AsyncService {
  private final ExecutorEndpoint endpoint;

  private ExecutorPeerService(ExecutorEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  public static ServerServiceDefinition of(ExecutorEndpoint endpoint) {
    return ExecutorServiceGrpc.bindService(new ExecutorPeerService(endpoint));
  }

  @Override
  public void reserveSlots(
      ReserveSlotsRequest request, StreamObserver<ReserveSlotsResponse> observer) {
    Calls.answer(
        "ReserveSlots",
        observer,
        () -> ExecutorConverter.write(endpoint.reserveSlots(ExecutorConverter.read(request))));
  }

  @Override
  public void cancelReservations(
      CancelReservationsRequest request, StreamObserver<Received> observer) {
    Calls.receive(
        "CancelReservations",
        observer,
        () ->
            endpoint.cancelReservations(
                new Incarnation(request.getScheduler()), request.getReservationsList()));
  }

  @Override
  public void launchTasks(
      LaunchTasksRequest request, StreamObserver<LaunchTasksResponse> observer) {
    Calls.answer(
        "LaunchTasks",
        observer,
        () ->
            ExecutorConverter.writeAnswers(endpoint.launchTasks(ExecutorConverter.read(request))));
  }

  @Override
  public void cancelTasks(CancelTasksRequest request, StreamObserver<Received> observer) {
    Calls.receive(
        "CancelTasks", observer, () -> endpoint.cancelTasks(ExecutorConverter.read(request)));
  }

  @Override
  public void adoptJobs(AdoptJobsRequest request, StreamObserver<AdoptJobsResponse> observer) {
    Calls.answer(
        "AdoptJobs",
        observer,
        () -> ExecutorConverter.write(endpoint.adoptJobs(ExecutorConverter.read(request))));
  }

  @Override
  public void removeJobData(RemoveJobDataRequest request, StreamObserver<Received> observer) {
    Calls.receive(
        "RemoveJobData", observer, () -> endpoint.removeJobData(ExecutorConverter.read(request)));
  }

  @Override
  public void acknowledgeStatuses(
      AcknowledgeStatusesRequest request, StreamObserver<Received> observer) {
    Calls.receive(
        "AcknowledgeStatuses",
        observer,
        () ->
            endpoint.acknowledgeStatuses(
                new Incarnation(request.getTarget()),
                GraphConverter.readIds(request.getAttemptsList())));
  }

  @Override
  public void announceSchedulers(
      AnnounceSchedulersRequest request, StreamObserver<Received> observer) {
    Calls.receive(
        "AnnounceSchedulers",
        observer,
        () ->
            endpoint.schedulersAnnounced(
                GraphConverter.readAddresses(request.getSchedulersList())));
  }

  @Override
  public void witnessScheduler(
      WitnessSchedulerRequest request, StreamObserver<WitnessSchedulerResponse> observer) {
    Calls.answer(
        "WitnessScheduler",
        observer,
        () ->
            Sightings.write(
                endpoint.witness(
                    new Incarnation(request.getScheduler()), Sightings.address(request))));
  }

  @Override
  public void describeShuffle(
      DescribeShuffleRequest request, StreamObserver<DescribeShuffleResponse> observer) {
    Calls.answer(
        "DescribeShuffle",
        observer,
        () -> {
          ShuffleDescription shuffle = endpoint.describeShuffle();
          return DescribeShuffleResponse.newBuilder()
              .setDirectory(shuffle.directory())
              .setToken(shuffle.token())
              .build();
        });
  }

  @Override
  public void fetchPartition(
      FetchPartitionRequest request, StreamObserver<FetchPartitionResponse> observer) {
    var call = (ServerCallStreamObserver<FetchPartitionResponse>) observer;
    String self = endpoint.executor().value();
    if (!request.getExecutor().isEmpty() && !request.getExecutor().equals(self)) {
      call.onError(
          Status.FAILED_PRECONDITION
              .withDescription("this is executor " + self + ", not " + request.getExecutor())
              .asRuntimeException());
      return;
    }
    endpoint
        .shuffleFile(request.getPath())
        .ifPresentOrElse(
            file -> send(request, file, call),
            () ->
                call.onError(
                    Status.NOT_FOUND
                        .withDescription("no shuffle file " + request.getPath())
                        .asRuntimeException()));
  }

  private void send(
      FetchPartitionRequest request,
      Path file,
      ServerCallStreamObserver<FetchPartitionResponse> call) {
    try {
      if (!request.hasChecksum() || endpoint.isIntact(file, request.getChecksum())) {
        FileSender.send(file, request.getOffset(), call);
        return;
      }
      call.onError(
          Status.DATA_LOSS
              .withDescription(request.getPath() + " is not what was written")
              .asRuntimeException());
    } catch (IOException unreadable) {
      call.onError(FileSender.failure(unreadable));
    }
  }
}
