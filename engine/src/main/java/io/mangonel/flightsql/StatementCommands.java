package io.mangonel.flightsql;

import com.google.protobuf.Any;
import io.mangonel.core.task.JobId;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.JobState;
import io.mangonel.scheduler.query.JobSummary;
import io.mangonel.scheduler.query.QueryService;
import io.mangonel.scheduler.query.ResultStream;
import io.mangonel.scheduler.query.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.FlightSqlUtils;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Statements: run, read, count, cancel. */
final class StatementCommands {
  /** What an update answers when nobody counts rows. */
  private static final long UNKNOWN_ROWS = -1;

  private static final String COUNT_COLUMN = "Count";

  private final QueryService queries;
  private final ResultSchemas schemas;
  private final ResultSender sender;
  private final BufferAllocator allocator;
  private final Path defaultDirectory;

  StatementCommands(
      QueryService queries,
      ResultSchemas schemas,
      ResultSender sender,
      BufferAllocator allocator,
      Path defaultDirectory) {
    this.queries = queries;
    this.schemas = schemas;
    this.sender = sender;
    this.allocator = allocator;
    this.defaultDirectory = defaultDirectory;
  }

  /** Starts the statement. One endpoint always, so that the rows come in order. */
  FlightInfo start(String sql, CallContext context, FlightDescriptor descriptor) {
    Submission submission = submit(sql, context::isCancelled);
    Handle handle =
        switch (submission) {
          case Submission.Job job -> new Handle.Job(job.id().value());
          case Submission.Immediate immediate ->
              new Handle.Rows(names(immediate.columns()), immediate.rows());
        };
    Ticket ticket =
        new Ticket(
            Any.pack(TicketStatementQuery.newBuilder().setStatementHandle(handle.encode()).build())
                .toByteArray());
    return FlightInfo.builder(schema(submission), descriptor, List.of(new FlightEndpoint(ticket)))
        .setOrdered(true)
        .build();
  }

  /** The columns of the answer; none for a statement that only changes something. */
  Schema describe(String sql) {
    return schemas.of(
        Calls.value(queries.describe(Caller.current().request(sql, defaultDirectory))));
  }

  /** Sends the answer, when it is there. */
  void send(TicketStatementQuery ticket, ServerStreamListener listener) throws IOException {
    switch (Handle.decode(ticket.getStatementHandle(), Handle.class)) {
      case Handle.Rows rows -> sender.send(rows, listener);
      case Handle.Job job -> {
        try (ResultStream result = awaitResult(job.jobId(), listener::isCancelled)) {
          sender.send(result, listener);
        }
      }
      case Handle.Prepared prepared ->
          throw CallStatus.INVALID_ARGUMENT
              .withDescription("a prepared statement is not a ticket")
              .toRuntimeException();
    }
  }

  /**
   * Runs a statement for what it changes, to its end.
   *
   * @return the rows it changed, or -1 when that is not known
   */
  long update(String sql, CallContext context) throws IOException {
    return switch (submit(sql, context::isCancelled)) {
      case Submission.Immediate immediate -> UNKNOWN_ROWS;
      case Submission.Job job -> {
        try (ResultStream result = awaitResult(job.id(), context::isCancelled)) {
          yield count(result);
        }
      }
    };
  }

  /** Asks for the end of the job that {@code info} was made for. */
  CancelStatus cancel(FlightInfo info) {
    CancelStatus status = CancelStatus.NOT_CANCELLABLE;
    for (FlightEndpoint endpoint : info.getEndpoints()) {
      TicketStatementQuery ticket =
          FlightSqlUtils.unpackAndParseOrThrow(
              endpoint.getTicket().getBytes(), TicketStatementQuery.class);
      if (Handle.decode(ticket.getStatementHandle(), Handle.class) instanceof Handle.Job job) {
        status = status(Calls.value(queries.cancel(job.jobId())).state());
      }
    }
    return status;
  }

  private Submission submit(String sql, BooleanSupplier left) {
    Submission submission =
        Calls.value(queries.submit(Caller.current().request(sql, defaultDirectory)));
    if (submission instanceof Submission.Job job && left.getAsBoolean()) {
      // Nobody will ever know its ticket.
      Calls.value(queries.cancel(job.id()));
    }
    return submission;
  }

  private ResultStream awaitResult(JobId job, BooleanSupplier left) {
    Answer<ResultStream> answer = queries.openResult(job, Limits.RESULT_WAIT_MS);
    while (answer instanceof Answer.Retryable) {
      if (left.getAsBoolean()) {
        throw CallStatus.CANCELLED.withDescription("the client has left").toRuntimeException();
      }
      // Asked before the next try: a job that ends in between has its result there.
      boolean running = isRunning(job);
      answer = queries.openResult(job, Limits.RESULT_WAIT_MS);
      if (!running) {
        break;
      }
    }
    return Calls.value(answer);
  }

  private boolean isRunning(JobId job) {
    return queries.job(job) instanceof Answer.Ok<?>(io.mangonel.scheduler.query.JobDetail detail)
        && isRunning(detail.summary());
  }

  private static boolean isRunning(JobSummary summary) {
    return switch (summary.state()) {
      case QUEUED, RUNNING -> true;
      case COMPLETED, FAILED, CANCELLED -> false;
    };
  }

  private static CancelStatus status(JobState state) {
    return switch (state) {
      case QUEUED, RUNNING -> CancelStatus.CANCELLING;
      case CANCELLED -> CancelStatus.CANCELLED;
      case COMPLETED, FAILED -> CancelStatus.NOT_CANCELLABLE;
    };
  }

  private Schema schema(Submission submission) {
    return switch (submission) {
      case Submission.Job job -> schemas.of(job.columns());
      case Submission.Immediate immediate -> ResultSender.textSchema(names(immediate.columns()));
    };
  }

  private static List<String> names(List<ResultColumn> columns) {
    return columns.stream().map(ResultColumn::name).toList();
  }

  /** DuckDB answers a statement that changes rows with one column of this name. */
  private long count(ResultStream result) throws IOException {
    boolean counts =
        result.columns().size() == 1 && result.columns().getFirst().name().equals(COUNT_COLUMN);
    if (!counts || result.rows() != 1) {
      return UNKNOWN_ROWS;
    }
    try (ArrowStreamReader reader = new ArrowStreamReader(result.arrow(), allocator)) {
      return reader.loadNextBatch()
              && reader.getVectorSchemaRoot().getVector(0).getObject(0) instanceof Long rows
          ? rows
          : UNKNOWN_ROWS;
    }
  }
}
