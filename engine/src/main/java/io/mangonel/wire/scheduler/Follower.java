package io.mangonel.wire.scheduler;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.mangonel.core.task.Incarnation;
import io.mangonel.wire.proto.SchedulerNews;

/** The serving end of another scheduler's stream. Thread-safe. */
public final class Follower {
  private final Incarnation scheduler;
  private final ServerCallStreamObserver<SchedulerNews> observer;
  private boolean ended;

  Follower(Incarnation scheduler, ServerCallStreamObserver<SchedulerNews> observer) {
    this.scheduler = scheduler;
    this.observer = observer;
  }

  /** Who follows. */
  public Incarnation scheduler() {
    return scheduler;
  }

  /**
   * Says who is here; dropped while the one before is still on its way.
   *
   * @return false when nobody listens any more
   */
  public synchronized boolean tell(Incarnation self, int executorsReached) {
    if (ended || observer.isCancelled()) {
      return false;
    }
    if (observer.isReady()) {
      try {
        observer.onNext(
            SchedulerNews.newBuilder()
                .setScheduler(self.value())
                .setExecutorsReached(executorsReached)
                .build());
      } catch (StatusRuntimeException gone) {
        return false;
      }
    }
    return true;
  }

  /** Nobody is here any more whom one could follow. */
  public synchronized void end() {
    if (!ended && !observer.isCancelled()) {
      observer.onCompleted();
    }
    ended = true;
  }
}
