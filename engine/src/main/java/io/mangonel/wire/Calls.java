package io.mangonel.wire;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.mangonel.wire.proto.Received;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Both ends of a call with one request and one answer. */
public final class Calls {
  private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

  private Calls() {}

  /** Makes the call and turns every way it can end into a value. */
  public static <T> Reply<T> ask(HostPort peer, Supplier<T> call) {
    try {
      return new Reply.Answered<>(call.get());
    } catch (io.grpc.StatusRuntimeException ended) {
      return Reply.of(peer, ended);
    } catch (IllegalStateException closed) {
      return new Reply.Unreachable<>(peer + ": " + closed.getMessage());
    } catch (IllegalArgumentException unreadable) {
      return new Reply.Broken<>(
          peer + " gave an answer we cannot read: " + unreadable.getMessage());
    }
  }

  /** {@link #answer} for a call whose answer says no more than that it arrived. */
  public static void receive(String name, StreamObserver<Received> observer, Runnable work) {
    answer(
        name,
        observer,
        () -> {
          work.run();
          return Received.getDefaultInstance();
        });
  }

  /** Answers the call; a bug on this side is logged here and told to the peer without a trace. */
  public static <T> void answer(String name, StreamObserver<T> observer, Supplier<T> work) {
    T answer;
    try {
      answer = work.get();
    } catch (IllegalArgumentException refused) {
      observer.onError(
          Status.INVALID_ARGUMENT
              .withDescription(name + ": " + refused.getMessage())
              .asRuntimeException());
      return;
    } catch (Reply.Rejection refused) {
      observer.onError(
          Status.FAILED_PRECONDITION
              .withDescription(name + ": " + refused.getMessage())
              .asRuntimeException());
      return;
    } catch (RuntimeException bug) {
      LOG.error("{} failed", name, bug);
      observer.onError(
          Status.INTERNAL.withDescription(name + " failed: " + bug).asRuntimeException());
      return;
    }
    observer.onNext(answer);
    observer.onCompleted();
  }
}
