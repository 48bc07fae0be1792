package io.mangonel.flightsql;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.QueryService;
import java.nio.file.Path;

/**
 * Refuses a call whose client relies on a session that this scheduler does not know: its store was
 * lost, or the session was not used for long. Running the statement without what was set would give
 * a wrong answer.
 */
final class KnownSessions implements ServerInterceptor {
  private static final Metadata.Key<String> CHANGED = header(ClientHeaders.SESSION_CHANGED);
  private static final Metadata.Key<String> LOST = header(ClientHeaders.SESSION_LOST);
  private static final Metadata.Key<String> ANSWERED = header(ClientHeaders.ANSWERED);

  private static final StatementCommands.Text NO_STATEMENT = StatementCommands.Text.of("");

  private final QueryService queries;
  private final Path defaultDirectory;

  KnownSessions(QueryService queries, Path defaultDirectory) {
    this.queries = queries;
    this.defaultDirectory = defaultDirectory;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (headers.containsKey(CHANGED)) {
      Metadata trailers = new Metadata();
      trailers.put(ANSWERED, "yes");
      switch (queries.knowsSession(Caller.current().request(NO_STATEMENT, defaultDirectory))) {
        case Answer.Ok<Boolean>(Boolean known) -> {
          if (!known) {
            trailers.put(LOST, "yes");
            return refused(
                call,
                Status.FAILED_PRECONDITION.withDescription(
                    "the scheduler does not know this session any more: set its settings again"),
                trailers);
          }
        }
        case Answer.Retryable<Boolean>(String message) -> {
          return refused(call, Status.UNAVAILABLE.withDescription(message), trailers);
        }
        case Answer.Leaving<Boolean>(String message) -> {
          return refused(call, Status.UNAVAILABLE.withDescription(message), new Metadata());
        }
        case Answer.UserFault<Boolean>(String message) -> {
          return refused(call, Status.INVALID_ARGUMENT.withDescription(message), trailers);
        }
        case Answer.NotFound<Boolean>(String message) -> {
          return refused(call, Status.NOT_FOUND.withDescription(message), trailers);
        }
      }
    }
    return next.startCall(call, headers);
  }

  private static <Q, A> ServerCall.Listener<Q> refused(
      ServerCall<Q, A> call, Status status, Metadata trailers) {
    call.close(status, trailers);
    return new ServerCall.Listener<>() {};
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
