package io.mangonel.flightsql;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Any;
import io.mangonel.core.task.JobId;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.JobDetail;
import io.mangonel.scheduler.query.JobState;
import io.mangonel.scheduler.query.JobSummary;
import io.mangonel.scheduler.query.Preparation;
import io.mangonel.scheduler.query.QueryService;
import io.mangonel.scheduler.query.ResultStream;
import io.mangonel.scheduler.query.StatementRequest;
import io.mangonel.scheduler.query.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.PollInfo;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.FlightSqlUtils;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Statements: run, read, count, cancel. */
final class StatementCommands {
  /**
   * What a change of the catalogue or a session answers. The JDBC driver runs a statement a second
   * time, as a query, when its count is not known.
   */
  private static final long NO_ROWS = 0;

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

  /**
   * A statement to run.
   *
   * @param values of its parameters, as SQL
   * @param session where the call itself names none; null for none
   */
  record Text(String sql, List<String> values, @Nullable String session) {
    static Text of(String sql) {
      return new Text(sql, List.of(), null);
    }
  }

  /**
   * Starts the statement. One endpoint always, so that the rows come in order. The application's
   * metadata is the job's id; empty when there is no job.
   */
  FlightInfo start(Text text, BooleanSupplier left, FlightDescriptor descriptor) {
    Submission submission = submit(text, left);
    Handle handle =
        switch (submission) {
          case Submission.Job job -> new Handle.Job(job.id().value(), job.ahead());
          case Submission.Immediate immediate ->
              new Handle.Rows(names(immediate.columns()), immediate.rows());
        };
    return info(handle, schema(submission), descriptor);
  }

  private static FlightInfo info(Handle handle, Schema schema, FlightDescriptor descriptor) {
    byte[] job =
        handle instanceof Handle.Job(String id, boolean _) ? id.getBytes(UTF_8) : new byte[0];
    // Without a place: the connection that the client has. Any scheduler has the rows.
    return FlightInfo.builder(schema, descriptor, List.of(new FlightEndpoint(ticket(handle))))
        .setOrdered(true)
        .setAppMetadata(job)
        .build();
  }

  private static Ticket ticket(Handle handle) {
    return new Ticket(
        Any.pack(TicketStatementQuery.newBuilder().setStatementHandle(handle.encode()).build())
            .toByteArray());
  }

  /** Starts the statement, or tells how far the one that was started is. */
  PollInfo poll(Text text, BooleanSupplier left, FlightDescriptor descriptor) {
    return switch (submit(text, left)) {
      case Submission.Immediate immediate -> {
        var handle = new Handle.Rows(names(immediate.columns()), immediate.rows());
        yield new PollInfo(info(handle, schema(immediate), descriptor), null, 1.0, null);
      }
      case Submission.Job job ->
          poll(
              new Handle.Poll(job.id().value(), SchemaBytes.text(schema(job)), job.ahead()),
              descriptor);
    };
  }

  /** Waits a while for the end of the job; without it the client asks again. */
  PollInfo poll(Handle.Poll poll, FlightDescriptor descriptor) {
    Schema schema = SchemaBytes.ofText(poll.schema());
    JobDetail detail =
        Calls.known(queries.awaitEnd(poll.jobId(), Limits.POLL_WAIT_MS), poll.ahead());
    return switch (detail.summary().state()) {
      case QUEUED, RUNNING, PUBLISHING -> {
        byte[] again =
            Any.pack(TicketStatementQuery.newBuilder().setStatementHandle(poll.encode()).build())
                .toByteArray();
        FlightInfo none = FlightInfo.builder(schema, descriptor, List.of()).build();
        yield new PollInfo(none, FlightDescriptor.command(again), progress(detail), null);
      }
      case COMPLETED ->
          new PollInfo(
              info(new Handle.Job(poll.id(), poll.ahead()), schema, descriptor), null, 1.0, null);
      case FAILED, CANCELLED -> {
        ResultStream unexpected = Calls.value(queries.openResult(poll.jobId(), 0));
        throw new IllegalStateException("a failed job has " + unexpected.rows() + " rows");
      }
    };
  }

  /** The part of the tasks that is done. */
  private static double progress(JobDetail detail) {
    int tasks = detail.stages().stream().mapToInt(JobDetail.Stage::tasks).sum();
    int done = detail.stages().stream().mapToInt(JobDetail.Stage::done).sum();
    return tasks == 0 ? 0 : (double) done / tasks;
  }

  /** The columns of the answer; none for a statement that only changes something. */
  Schema describe(Text text) {
    return schemas.of(Calls.value(queries.describe(request(text))));
  }

  /** What the client has to know of it to bind its parameters and to read its answer. */
  Preparation prepare(String sql) {
    return Calls.value(queries.prepare(request(Text.of(sql))));
  }

  private StatementRequest request(Text text) {
    return Caller.current().request(text, defaultDirectory);
  }

  /** Sends the answer, when it is there. */
  void send(TicketStatementQuery ticket, ServerStreamListener listener) throws IOException {
    switch (Handle.decode(ticket.getStatementHandle(), Handle.class)) {
      case Handle.Rows rows -> sender.send(rows, listener);
      case Handle.Job job -> {
        try (ResultStream result = awaitResult(job.jobId(), job.ahead(), listener::isCancelled)) {
          sender.send(result, listener);
        } catch (IOException | RuntimeException e) {
          throw Calls.ofJob(job.jobId(), e);
        }
      }
      case Handle.Prepared _, Handle.Poll _ ->
          throw CallStatus.INVALID_ARGUMENT
              .withDescription("this is the handle of a statement, not a ticket")
              .toRuntimeException();
    }
  }

  /**
   * Runs a statement for what it changes, to its end.
   *
   * @return the rows it changed, or -1 when that is not known
   */
  long update(Text text, BooleanSupplier left) throws IOException {
    return switch (submit(text, left)) {
      case Submission.Immediate _ -> NO_ROWS;
      case Submission.Job job -> {
        try (ResultStream result = awaitResult(job.id(), job.ahead(), left)) {
          yield count(result);
        } catch (IOException | RuntimeException e) {
          throw Calls.ofJob(job.id(), e);
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

  private Submission submit(Text text, BooleanSupplier left) {
    Submission submission = Calls.value(queries.submit(request(text)));
    if (submission instanceof Submission.Job job && left.getAsBoolean()) {
      // Nobody will ever know its ticket.
      Calls.value(queries.cancel(job.id()));
    }
    return submission;
  }

  /**
   * A job that has ended elsewhere may not be known here to have ended for a moment: who waits goes
   * on waiting then.
   *
   * @param ahead as of {@link Handle.Job}
   */
  private ResultStream awaitResult(JobId job, boolean ahead, BooleanSupplier left) {
    boolean last = false;
    while (true) {
      Answer<Optional<ResultStream>> answer = queries.awaitResult(job, Limits.RESULT_WAIT_MS);
      boolean retryable = answer instanceof Answer.Retryable;
      if (!retryable || last) {
        Optional<ResultStream> opened = Calls.known(answer, ahead);
        if (opened.isPresent()) {
          return opened.get();
        }
      }
      if (left.getAsBoolean()) {
        throw CallStatus.CANCELLED.withDescription("the client has left").toRuntimeException();
      }
      // Asked before the next try: a job that ends in between has its result there.
      last = retryable && !isRunning(job);
    }
  }

  private boolean isRunning(JobId job) {
    return queries.job(job) instanceof Answer.Ok<?>(JobDetail detail)
        && isRunning(detail.summary());
  }

  private static boolean isRunning(JobSummary summary) {
    return switch (summary.state()) {
      case QUEUED, RUNNING, PUBLISHING -> true;
      case COMPLETED, FAILED, CANCELLED -> false;
    };
  }

  private static CancelStatus status(JobState state) {
    return switch (state) {
      case QUEUED, RUNNING -> CancelStatus.CANCELLING;
      case CANCELLED -> CancelStatus.CANCELLED;
      case PUBLISHING, COMPLETED, FAILED -> CancelStatus.NOT_CANCELLABLE;
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
