package io.mangonel.cluster;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mangonel.core.task.Incarnation;
import io.mangonel.wire.GrpcServer;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.proto.DescribeSchedulerRequest;
import io.mangonel.wire.proto.DescribeSchedulerResponse;
import io.mangonel.wire.proto.FollowSchedulerRequest;
import io.mangonel.wire.proto.SchedulerNews;
import io.mangonel.wire.proto.SchedulerServiceGrpc;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What other schedulers see of a scheduler, and no more of it; it can stop answering. */
final class StandIn implements SchedulerServiceGrpc.AsyncService, AutoCloseable {
  private final Incarnation self;
  private final GrpcServer server;
  private final Set<StreamObserver<SchedulerNews>> followers = ConcurrentHashMap.newKeySet();
  private final AtomicInteger unanswered = new AtomicInteger();
  private volatile boolean still;

  StandIn(Incarnation self) {
    this.self = self;
    this.server =
        switch (GrpcServer.start(
            new HostPort("127.0.0.1", 0), List.of(SchedulerServiceGrpc.bindService(this)))) {
          case GrpcServer.Start.Running running -> running.server();
          case GrpcServer.Start.Failed failed -> throw new AssertionError(failed.message());
        };
  }

  HostPort address() {
    return new HostPort("127.0.0.1", server.port());
  }

  int followers() {
    return followers.size();
  }

  /** Questions that got no answer. */
  int unanswered() {
    return unanswered.get();
  }

  /** Ends the streams, and answers nothing more; its port still accepts connections. */
  void standStill() {
    still = true;
    followers.forEach(StreamObserver::onCompleted);
    followers.clear();
  }

  @Override
  public void describeScheduler(
      DescribeSchedulerRequest request, StreamObserver<DescribeSchedulerResponse> observer) {
    if (still) {
      unanswered.incrementAndGet();
      return;
    }
    observer.onNext(DescribeSchedulerResponse.newBuilder().setScheduler(self.value()).build());
    observer.onCompleted();
  }

  @Override
  public void followScheduler(
      FollowSchedulerRequest request, StreamObserver<SchedulerNews> observer) {
    if (still) {
      return;
    }
    var stream = (ServerCallStreamObserver<SchedulerNews>) observer;
    stream.setOnCancelHandler(() -> followers.remove(observer));
    observer.onNext(SchedulerNews.newBuilder().setScheduler(self.value()).build());
    followers.add(observer);
  }

  @Override
  public void close() {
    server.close();
  }
}
