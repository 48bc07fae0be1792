package io.mangonel.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.mangonel.wire.GrpcServer;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.proto.ExecutorServiceGrpc;
import io.mangonel.wire.proto.FetchPartitionRequest;
import io.mangonel.wire.proto.FetchPartitionResponse;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An executor that takes requests for files and never sends any. */
final class StalledPeer implements AutoCloseable {
  private final CountDownLatch asked = new CountDownLatch(1);
  private final GrpcServer server;

  StalledPeer() {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder("mangonel.ExecutorService")
            .addMethod(
                ExecutorServiceGrpc.getFetchPartitionMethod(),
                ServerCalls.<FetchPartitionRequest, FetchPartitionResponse>asyncServerStreamingCall(
                    (_, _) -> asked.countDown()))
            .build();
    server =
        switch (GrpcServer.start(new HostPort("127.0.0.1", 0), List.of(service))) {
          case GrpcServer.Start.Running running -> running.server();
          case GrpcServer.Start.Failed failed -> throw new AssertionError(failed.message());
        };
  }

  HostPort address() {
    return new HostPort("127.0.0.1", server.port());
  }

  void awaitFetch() throws InterruptedException {
    assertThat(asked.await(TestScheduler.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Override
  public void close() {
    server.close();
  }
}
