package io.mangonel.wire.peer;

import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.mangonel.core.task.JobId;
import io.mangonel.wire.Calls;
import io.mangonel.wire.Limits;
import io.mangonel.wire.peer.PeerEndpoint.Reattached;
import io.mangonel.wire.peer.PeerEndpoint.Resent;
import io.mangonel.wire.proto.AwaitJobRequest;
import io.mangonel.wire.proto.AwaitJobResponse;
import io.mangonel.wire.proto.MoveOnRequest;
import io.mangonel.wire.proto.PeerServiceGrpc;
import io.mangonel.wire.proto.ReadResultRequest;
import io.mangonel.wire.proto.ReattachRequest;
import io.mangonel.wire.proto.ReattachResponse;
import io.mangonel.wire.proto.Received;
import java.util.function.Supplier;

/** Puts a {@link PeerEndpoint} behind gRPC. */
public final class PeerService implements PeerServiceGrpc.AsyncService {
  private final Supplier<PeerEndpoint> endpoint;

  private PeerService(Supplier<PeerEndpoint> endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * @param present who answers now: asked at each call
   */
  public static ServerServiceDefinition of(Supplier<PeerEndpoint> present) {
    return PeerServiceGrpc.bindService(new PeerService(present));
  }

  @Override
  public void awaitJob(AwaitJobRequest request, StreamObserver<AwaitJobResponse> observer) {
    long timeoutMs = Math.clamp(request.getTimeoutMs(), 0, Limits.AWAIT_JOB_MAX_MS);
    Calls.answer(
        "AwaitJob",
        observer,
        () ->
            AwaitJobResponse.newBuilder()
                .setState(
                    switch (endpoint
                        .get()
                        .awaitJob()
                        .apply(new JobId(request.getJob()), timeoutMs)) {
                      case NOT_OWNED -> AwaitJobResponse.State.NOT_OWNED;
                      case RUNNING -> AwaitJobResponse.State.RUNNING;
                      case ENDED -> AwaitJobResponse.State.ENDED;
                    })
                .build());
  }

  @Override
  public void readResult(ReadResultRequest request, StreamObserver<Received> observer) {
    Calls.receive(
        "ReadResult",
        observer,
        () -> endpoint.get().readResult().accept(new JobId(request.getJob())));
  }

  @Override
  public void reattach(ReattachRequest request, StreamObserver<ReattachResponse> observer) {
    Calls.answer(
        "Reattach",
        observer,
        () -> {
          var resent = new Resent(request.getPrincipal(), request.getSession(), request.getHash());
          Reattached answer = endpoint.get().reattach().apply(resent);
          return ReattachResponse.newBuilder()
              .setJob(answer.job().map(JobId::value).orElse(""))
              .setMore(answer.more())
              .build();
        });
  }

  @Override
  public void moveOn(MoveOnRequest request, StreamObserver<Received> observer) {
    Calls.receive(
        "MoveOn",
        observer,
        () -> endpoint.get().moveOn().accept(request.getPrincipal(), request.getSession()));
  }
}
