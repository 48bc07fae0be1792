package io.mangonel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.stub.StreamObserver;
import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.task.Incarnation;
import io.mangonel.wire.proto.DescribeSchedulerRequest;
import io.mangonel.wire.proto.DescribeSchedulerResponse;
import io.mangonel.wire.proto.FollowSchedulerRequest;
import io.mangonel.wire.proto.SchedulerNews;
import io.mangonel.wire.proto.SchedulerServiceGrpc;
import io.mangonel.wire.scheduler.Following;
import io.mangonel.wire.scheduler.SchedulerClient;
import io.mangonel.wire.scheduler.SchedulerWitness;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rule T1: what a scheduler, or a witness, sees of another scheduler on a real network. */
class SchedulerWitnessTest {
  private static final Incarnation SCHEDULER = new Incarnation("s1");

  private final GrpcServer server = serve();
  private final HostPort peer = new HostPort("127.0.0.1", server.port());
  private final Channels channels = new Channels();
  private final SchedulerClient schedulers = new SchedulerClient(channels);

  private static GrpcServer serve() {
    var here =
        new SchedulerServiceGrpc.AsyncService() {
          @Override
          public void describeScheduler(
              DescribeSchedulerRequest request,
              StreamObserver<DescribeSchedulerResponse> observer) {
            observer.onNext(
                DescribeSchedulerResponse.newBuilder().setScheduler(SCHEDULER.value()).build());
            observer.onCompleted();
          }

          @Override
          public void followScheduler(
              FollowSchedulerRequest request, StreamObserver<SchedulerNews> observer) {
            observer.onNext(
                SchedulerNews.newBuilder()
                    .setScheduler(SCHEDULER.value())
                    .setExecutorsReached(7)
                    .build());
            observer.onCompleted();
          }
        };
    var services = List.of(SchedulerServiceGrpc.bindService(here));
    return switch (GrpcServer.start(new HostPort("127.0.0.1", 0), services)) {
      case GrpcServer.Start.Running running -> running.server();
      case GrpcServer.Start.Failed failed -> throw new AssertionError(failed.message());
    };
  }

  @AfterEach
  void close() {
    channels.close();
    server.close();
  }

  @Test
  void whoFollowsHearsOfTheEnd() {
    List<Object> heard = new CopyOnWriteArrayList<>();
    var listener = new Following.Listener(heard::add, heard::add);
    try (var following = schedulers.follow(peer, new Incarnation("s2"), listener)) {
      assertThat(following).isNotNull();
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(heard)
                      .containsExactly(new Following.News(SCHEDULER, 7), "it was ended there"));
    }
  }

  @Test
  void onlyARefusalIsARefusal() throws IOException {
    var witness = new SchedulerWitness(schedulers, address -> !address.host().equals("unknown"));
    assertThat(witness.look(SCHEDULER, peer)).isEqualTo(Sighting.ALIVE);
    var other = new Incarnation("other");
    assertThat(witness.testify(other, peer)).isEqualTo(Sighting.REPLACED);
    assertThat(witness.look(SCHEDULER, new HostPort("no.such.host.invalid", 1)))
        .isEqualTo(Sighting.SILENT);
    assertThat(witness.testify(SCHEDULER, new HostPort("unknown", 1))).isEqualTo(Sighting.SILENT);
    HostPort closed;
    // The kernel takes the connection, and nobody ever answers.
    try (var mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = new HostPort("127.0.0.1", mute.getLocalPort());
      assertThat(witness.look(SCHEDULER, closed)).isEqualTo(Sighting.SILENT);
    }
    assertThat(witness.testify(SCHEDULER, closed)).isEqualTo(Sighting.REFUSED);
  }
}
