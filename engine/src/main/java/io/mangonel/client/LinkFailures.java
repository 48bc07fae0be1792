package io.mangonel.client;

import io.mangonel.client.ClientException.Kind;
import io.mangonel.flightsql.ClientHeaders;
import io.mangonel.wire.HostPort;
import java.net.ConnectException;
import java.net.UnknownHostException;
import org.apache.arrow.flight.FlightRuntimeException;

/** What the end of a call says. */
public final class LinkFailures {
  private LinkFailures() {}

  /** Told apart from a scheduler that answers "not now": the way there failed. */
  public static boolean isOutOfReach(FlightRuntimeException e) {
    boolean broken =
        switch (e.status().code()) {
          case UNAVAILABLE, CANCELLED -> true;
          case INTERNAL -> String.valueOf(e.status().description()).contains("RST_STREAM");
          default -> false;
        };
    return broken && !has(e, ClientHeaders.ANSWERED);
  }

  /** Whether the scheduler does not know the session any more: nothing was done. */
  static boolean isSessionLost(FlightRuntimeException e) {
    return has(e, ClientHeaders.SESSION_LOST);
  }

  /** Whether nobody has the job, which only read: its statement may be sent again. */
  static boolean isNeverStored(FlightRuntimeException e) {
    return has(e, ClientHeaders.NEVER_STORED);
  }

  private static boolean has(FlightRuntimeException e, String trailer) {
    var trailers = e.status().metadata();
    return trailers != null && trailers.containsKey(trailer);
  }

  /** Whether nobody listens there: nothing was sent. */
  static boolean isRefused(FlightRuntimeException e) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
        return true;
      }
    }
    return false;
  }

  /**
   * As an exception for whoever asked.
   *
   * @param jobId empty when none is known
   */
  public static ClientException exception(
      FlightRuntimeException e, HostPort address, String jobId) {
    if (isOutOfReach(e)) {
      String message = "no scheduler answers at " + address;
      return new ClientException(Kind.UNREACHABLE, message, jobId, e);
    }
    String message = e.status().description();
    return new ClientException(
        switch (e.status().code()) {
          case UNAVAILABLE -> Kind.RETRYABLE;
          default -> Kind.FAILED;
        },
        message == null ? e.status().toString() : message,
        jobId,
        e);
  }
}
