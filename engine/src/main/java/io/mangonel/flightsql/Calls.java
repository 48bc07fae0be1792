package io.mangonel.flightsql;

import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.query.Answer;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.ErrorFlightMetadata;
import org.apache.arrow.flight.FlightRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How an outcome of ours becomes one of Flight's. */
final class Calls {
  private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

  /** A part of a call. */
  @FunctionalInterface
  interface Part {
    void run() throws Exception;
  }

  private Calls() {}

  /** The value of an answer, or the status that tells a client why there is none. */
  static <T> T value(Answer<T> answer) {
    return switch (answer) {
      case Answer.Ok<T>(T value) -> value;
      case Answer.UserFault<T>(String message) ->
          throw CallStatus.INVALID_ARGUMENT.withDescription(message).toRuntimeException();
      case Answer.Retryable<T>(String message) -> {
        CallStatus status = CallStatus.UNAVAILABLE.withDescription(message);
        // A call is interrupted when its server ends: to the client, as if the connection broke.
        throw Thread.currentThread().isInterrupted()
            ? status.toRuntimeException()
            : answered(status);
      }
      // To the client as if the connection broke: it goes on at another.
      case Answer.Leaving<T>(String message) ->
          throw CallStatus.UNAVAILABLE.withDescription(message).toRuntimeException();
      case Answer.NotFound<T>(String message) ->
          throw CallStatus.NOT_FOUND.withDescription(message).toRuntimeException();
    };
  }

  /**
   * As {@link #value}, of a job.
   *
   * @param ahead it was told before it was stored, and only reads (rule D12): not found, it may be
   *     sent again
   */
  static <T> T known(Answer<T> answer, boolean ahead) {
    if (ahead && answer instanceof Answer.NotFound<T>(String message)) {
      var trailers = new ErrorFlightMetadata();
      trailers.insert(ClientHeaders.NEVER_STORED, "yes");
      throw answered(
          CallStatus.UNAVAILABLE.withDescription(
              message
                  + ": its scheduler ended before it was stored, and it only reads: send the"
                  + " statement again"),
          trailers);
    }
    return value(answer);
  }

  private static FlightRuntimeException answered(CallStatus status) {
    return answered(status, new ErrorFlightMetadata());
  }

  private static FlightRuntimeException answered(CallStatus status, ErrorFlightMetadata trailers) {
    trailers.insert(ClientHeaders.ANSWERED, "yes");
    return status.withMetadata(trailers).toRuntimeException();
  }

  /** Runs {@code call}; an error of ours is logged under an id, and only the id leaves. */
  static <T> T guarded(Callable<T> call) {
    try {
      return call.call();
    } catch (Exception | Error e) {
      throw status(e);
    }
  }

  /** As {@link #guarded}, for a stream: the listener gets what went wrong. */
  static void stream(org.apache.arrow.flight.OutboundStreamListener listener, Part part) {
    try {
      part.run();
    } catch (Exception | Error e) {
      listener.error(status(e));
    }
  }

  /** As {@link #guarded}, for the answers of an action. */
  static <T> void answers(
      org.apache.arrow.flight.FlightProducer.StreamListener<T> listener, Part part) {
    try {
      part.run();
      listener.onCompleted();
    } catch (Exception | Error e) {
      listener.onError(status(e));
    }
  }

  static FlightRuntimeException status(Throwable failure) {
    return switch (failure) {
      case FlightRuntimeException known -> known;
      // Reading a result fails when the executor that holds it is lost.
      case IOException lost ->
          answered(
              CallStatus.UNAVAILABLE.withDescription(
                  "the result was lost while it was read; run the statement again: "
                      + lost.getMessage()));
      default -> internal(failure);
    };
  }

  /** As {@link #status}; what is not the statement's own fault names the job. */
  static FlightRuntimeException ofJob(JobId job, Exception failure) {
    CallStatus status = status(failure).status();
    String description = String.valueOf(status.description());
    boolean named =
        switch (status.code()) {
          case UNAVAILABLE, INTERNAL, NOT_FOUND, TIMED_OUT -> !description.contains(job.value());
          default -> false;
        };
    return named
        ? status.withDescription(description + " (job " + job + ")").toRuntimeException()
        : status.toRuntimeException();
  }

  private static FlightRuntimeException internal(Throwable failure) {
    String id = UUID.randomUUID().toString().substring(0, 8);
    LOG.error("internal error {}", id, failure);
    return CallStatus.INTERNAL
        .withDescription("internal error " + id + ": the scheduler's log has the details")
        .toRuntimeException();
  }
}
