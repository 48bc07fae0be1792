package io.mangonel.wire.scheduler;

import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.wire.Calls;
import io.mangonel.wire.Sightings;
import io.mangonel.wire.executor.ExecutorConverter;
import io.mangonel.wire.proto.DescribeSchedulerRequest;
import io.mangonel.wire.proto.DescribeSchedulerResponse;
import io.mangonel.wire.proto.FollowSchedulerRequest;
import io.mangonel.wire.proto.HeartbeatRequest;
import io.mangonel.wire.proto.HeartbeatResponse;
import io.mangonel.wire.proto.KnownJobsRequest;
import io.mangonel.wire.proto.KnownJobsResponse;
import io.mangonel.wire.proto.LaunchTasksRequest;
import io.mangonel.wire.proto.LeaveExecutorRequest;
import io.mangonel.wire.proto.OfferSlotsRequest;
import io.mangonel.wire.proto.OfferSlotsResponse;
import io.mangonel.wire.proto.Received;
import io.mangonel.wire.proto.RegisterExecutorRequest;
import io.mangonel.wire.proto.RegisterExecutorResponse;
import io.mangonel.wire.proto.SchedulerNews;
import io.mangonel.wire.proto.SchedulerServiceGrpc;
import io.mangonel.wire.proto.UpdateTaskStatusRequest;
import io.mangonel.wire.proto.UpdateTaskStatusResponse;
import io.mangonel.wire.proto.WitnessSchedulerRequest;
import io.mangonel.wire.proto.WitnessSchedulerResponse;
import java.util.List;
import java.util.function.Supplier;

/** Puts a {@link SchedulerEndpoint} behind gRPC. */
public final class SchedulerPeerService implements SchedulerServiceGrpc.AsyncService {
  private final Supplier<? extends SchedulerEndpoint> endpoint;

  private SchedulerPeerService(Supplier<? extends SchedulerEndpoint> endpoint) {
    this.endpoint = endpoint;
  }

  public static ServerServiceDefinition of(SchedulerEndpoint endpoint) {
    return of(() -> endpoint);
  }

  /**
   * @param present who answers now: asked at each call
   */
  public static ServerServiceDefinition of(Supplier<? extends SchedulerEndpoint> present) {
    return SchedulerServiceGrpc.bindService(new SchedulerPeerService(present));
  }

  @Override
  public void describeScheduler(
      DescribeSchedulerRequest request, StreamObserver<DescribeSchedulerResponse> observer) {
    Calls.answer(
        "DescribeScheduler", observer, () -> SchedulerConverter.write(endpoint.get().describe()));
  }

  @Override
  public void registerExecutor(
      RegisterExecutorRequest request, StreamObserver<RegisterExecutorResponse> observer) {
    Calls.answer(
        "RegisterExecutor",
        observer,
        () ->
            SchedulerConverter.write(
                endpoint.get().registerExecutor(SchedulerConverter.read(request))));
  }

  @Override
  public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatResponse> observer) {
    Calls.answer(
        "Heartbeat",
        observer,
        () -> SchedulerConverter.write(endpoint.get().heartbeat(SchedulerConverter.read(request))));
  }

  @Override
  public void leaveExecutor(LeaveExecutorRequest request, StreamObserver<Received> observer) {
    Calls.receive(
        "LeaveExecutor", observer, () -> endpoint.get().leave(SchedulerConverter.read(request)));
  }

  @Override
  public void knownJobs(KnownJobsRequest request, StreamObserver<KnownJobsResponse> observer) {
    Calls.answer(
        "KnownJobs",
        observer,
        () -> {
          List<JobId> asked = request.getJobsList().stream().map(JobId::new).toList();
          return KnownJobsResponse.newBuilder()
              .addAllKnown(endpoint.get().knownJobs(asked).stream().map(JobId::value).toList())
              .build();
        });
  }

  @Override
  public void updateTaskStatus(
      UpdateTaskStatusRequest request, StreamObserver<UpdateTaskStatusResponse> observer) {
    Calls.answer(
        "UpdateTaskStatus",
        observer,
        () ->
            SchedulerConverter.write(
                endpoint.get().updateTaskStatus(SchedulerConverter.read(request))));
  }

  @Override
  public void pollWork(OfferSlotsRequest request, StreamObserver<LaunchTasksRequest> observer) {
    Calls.answer(
        "PollWork",
        observer,
        () -> ExecutorConverter.write(endpoint.get().pollWork(SchedulerConverter.read(request))));
  }

  @Override
  public void offerSlots(OfferSlotsRequest request, StreamObserver<OfferSlotsResponse> observer) {
    Calls.answer(
        "OfferSlots",
        observer,
        () ->
            SchedulerConverter.write(endpoint.get().offerSlots(SchedulerConverter.read(request))));
  }

  @Override
  public void followScheduler(
      FollowSchedulerRequest request, StreamObserver<SchedulerNews> observer) {
    // A server's observer always is one.
    var stream = (ServerCallStreamObserver<SchedulerNews>) observer;
    stream.setOnCancelHandler(() -> {}); // Else the next message throws.
    endpoint.get().follow(new Follower(new Incarnation(request.getScheduler()), stream));
  }

  @Override
  public void witnessScheduler(
      WitnessSchedulerRequest request, StreamObserver<WitnessSchedulerResponse> observer) {
    Calls.answer(
        "WitnessScheduler",
        observer,
        () ->
            Sightings.write(
                endpoint
                    .get()
                    .witness(new Incarnation(request.getScheduler()), Sightings.address(request))));
  }
}
