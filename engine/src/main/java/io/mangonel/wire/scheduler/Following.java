package io.mangonel.wire.scheduler;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.mangonel.core.task.Incarnation;
import io.mangonel.wire.proto.FollowSchedulerRequest;
import io.mangonel.wire.proto.SchedulerNews;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The asking end of a stream to another scheduler. Thread-safe. */
public final class Following implements AutoCloseable {
  /**
   * Who hears of the stream, one call at a time.
   *
   * @param ended once, and nothing after it, with the reason
   */
  public record Listener(Consumer<News> news, Consumer<String> ended) {}

  /** Who is there, and how many executors it hears from. */
  public record News(Incarnation scheduler, int executorsReached) {}

  private final Listener listener;
  private @Nullable ClientCallStreamObserver<FollowSchedulerRequest> call;
  private boolean closed;

  Following(Listener listener) {
    this.listener = listener;
  }

  /** What gRPC calls. */
  ClientResponseObserver<FollowSchedulerRequest, SchedulerNews> observer() {
    return new ClientResponseObserver<>() {
      @Override
      public void beforeStart(ClientCallStreamObserver<FollowSchedulerRequest> started) {
        began(started);
      }

      @Override
      public void onNext(SchedulerNews news) {
        var scheduler = new Incarnation(news.getScheduler());
        listener.news().accept(new News(scheduler, news.getExecutorsReached()));
      }

      @Override
      public void onError(Throwable broken) {
        listener.ended().accept(String.valueOf(broken.getMessage()));
      }

      @Override
      public void onCompleted() {
        listener.ended().accept("it was ended there");
      }
    };
  }

  private synchronized void began(ClientCallStreamObserver<FollowSchedulerRequest> started) {
    call = started;
  }

  /** Ends the stream from this side; the listener hears of it. */
  @Override
  public void close() {
    ClientCallStreamObserver<FollowSchedulerRequest> open;
    synchronized (this) {
      open = closed ? null : call;
      closed = true;
    }
    if (open != null) {
      open.cancel("no longer followed", null);
    }
  }
}
