package io.mangonel.wire;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;

/** How a call to another process ended. */
public sealed interface Reply<T> {
  record Answered<T>(T value) implements Reply<T> {}

  /** The call did not reach the peer, or the connection broke: it may or may not have been done. */
  record Unreachable<T>(String message) implements Reply<T> {}

  /** No answer in time: it may or may not have been done. */
  record TimedOut<T>(String message) implements Reply<T> {}

  /** The peer does not have what was asked for. */
  record NotFound<T>(String message) implements Reply<T> {}

  /** The peer refuses the request as it is; repeating it does not help. */
  record Rejected<T>(String message) implements Reply<T> {}

  /** The peer failed while it worked on the request. */
  record Broken<T>(String message) implements Reply<T> {}

  /** Thrown by an endpoint to refuse a request: the caller gets {@link Rejected}. */
  final class Rejection extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * @param message one line for the caller
     */
    public Rejection(String message) {
      super(message);
    }
  }

  /** Reads the end of a call. {@code peer} goes into the message. */
  static <T> Reply<T> of(HostPort peer, Throwable thrown) {
    Status status =
        switch (thrown) {
          case StatusRuntimeException runtime -> runtime.getStatus();
          case StatusException checked -> checked.getStatus();
          default -> Status.fromThrowable(thrown);
        };
    String detail = status.getDescription() == null ? "" : ": " + firstLine(status);
    String message = peer + " " + status.getCode() + detail;
    return switch (status.getCode()) {
      case UNAVAILABLE, CANCELLED -> new Unreachable<>(message);
      case DEADLINE_EXCEEDED -> new TimedOut<>(message);
      case NOT_FOUND -> new NotFound<>(message);
      case INVALID_ARGUMENT,
          FAILED_PRECONDITION,
          OUT_OF_RANGE,
          UNIMPLEMENTED,
          UNAUTHENTICATED,
          PERMISSION_DENIED ->
          new Rejected<>(message);
      case OK, UNKNOWN, ALREADY_EXISTS, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, DATA_LOSS ->
          new Broken<>(message);
    };
  }

  private static String firstLine(Status status) {
    String description = String.valueOf(status.getDescription());
    int end = description.indexOf('\n');
    return end < 0 ? description : description.substring(0, end);
  }
}
