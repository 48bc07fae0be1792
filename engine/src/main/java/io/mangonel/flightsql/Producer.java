package io.mangonel.flightsql;

import com.google.protobuf.Message;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.GetSessionOptionsResult;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.CancelResult;
import org.apache.arrow.flight.sql.FlightSqlProducer;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionClosePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetCatalogs;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetCrossReference;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetDbSchemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetExportedKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetImportedKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetPrimaryKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetSqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTableTypes;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetXdbcTypeInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementUpdate;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementUpdate;
import org.apache.arrow.flight.sql.impl.FlightSql.DoPutUpdateResult;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/** Hands each command to the class of its family. Decides nothing. */
final class Producer implements FlightSqlProducer {
  private final BufferAllocator allocator;
  private final StatementCommands statements;
  private final PreparedStatementCommands prepared;
  private final SessionCommands sessions;
  private final MetadataCommands metadata;
  private final TypeInfoCommands types;
  private final SqlInfoCommands sqlInfo = new SqlInfoCommands();
  private final AdminActions admin;
  private final Executor calls;

  /** The families of commands, but for those that need nothing. */
  record Families(
      StatementCommands statements,
      PreparedStatementCommands prepared,
      SessionCommands sessions,
      MetadataCommands metadata,
      TypeInfoCommands types,
      AdminActions admin) {}

  /**
   * @param calls runs what sends a stream, in the context of the call
   */
  Producer(BufferAllocator allocator, Families families, Executor calls) {
    this.allocator = allocator;
    this.statements = families.statements();
    this.prepared = families.prepared();
    this.sessions = families.sessions();
    this.metadata = families.metadata();
    this.types = families.types();
    this.admin = families.admin();
    this.calls = calls;
  }

  /**
   * Sends on a thread of its own. A call hears that its client has read, or left, only after the
   * method that began it has returned.
   */
  private void stream(ServerStreamListener listener, Calls.Part part) {
    calls.execute(() -> Calls.stream(listener, part));
  }

  // Statements

  /** Flight SQL's own answer to other bytes does not say what they are. */
  @Override
  public void getStream(CallContext context, Ticket ticket, ServerStreamListener listener) {
    if (Handle.isTicket(ticket.getBytes())) {
      FlightSqlProducer.super.getStream(context, ticket, listener);
    } else {
      listener.error(Handle.foreign());
    }
  }

  @Override
  public FlightInfo getFlightInfoStatement(
      CommandStatementQuery command, CallContext context, FlightDescriptor descriptor) {
    return Calls.guarded(
        () ->
            statements.start(
                StatementCommands.Text.of(command.getQuery()), context::isCancelled, descriptor));
  }

  @Override
  public SchemaResult getSchemaStatement(
      CommandStatementQuery command, CallContext context, FlightDescriptor descriptor) {
    return Calls.guarded(
        () -> new SchemaResult(statements.describe(StatementCommands.Text.of(command.getQuery()))));
  }

  @Override
  public void getStreamStatement(
      TicketStatementQuery ticket, CallContext context, ServerStreamListener listener) {
    stream(listener, () -> statements.send(ticket, listener));
  }

  @Override
  public Runnable acceptPutStatement(
      CommandStatementUpdate command,
      CallContext context,
      FlightStream stream,
      StreamListener<PutResult> listener) {
    return () ->
        Calls.answers(
            listener,
            () -> {
              var text = StatementCommands.Text.of(command.getQuery());
              answer(statements.update(text, context::isCancelled), listener);
            });
  }

  @Override
  public void cancelFlightInfo(
      CancelFlightInfoRequest request, CallContext context, StreamListener<CancelStatus> listener) {
    Calls.answers(listener, () -> listener.onNext(statements.cancel(request.getInfo())));
  }

  @Override
  @SuppressWarnings("deprecation") // Older clients know no other way.
  public void cancelQuery(
      FlightInfo info, CallContext context, StreamListener<CancelResult> listener) {
    Calls.answers(
        listener,
        () ->
            listener.onNext(
                switch (statements.cancel(info)) {
                  case CANCELLED -> CancelResult.CANCELLED;
                  case CANCELLING -> CancelResult.CANCELLING;
                  case NOT_CANCELLABLE -> CancelResult.NOT_CANCELLABLE;
                  case UNSPECIFIED -> CancelResult.UNSPECIFIED;
                }));
  }

  // Prepared statements

  @Override
  public void createPreparedStatement(
      ActionCreatePreparedStatementRequest request,
      CallContext context,
      StreamListener<Result> listener) {
    Calls.answers(listener, () -> listener.onNext(prepared.create(request.getQuery())));
  }

  @Override
  public void closePreparedStatement(
      ActionClosePreparedStatementRequest request,
      CallContext context,
      StreamListener<Result> listener) {
    listener.onCompleted();
  }

  @Override
  public FlightInfo getFlightInfoPreparedStatement(
      CommandPreparedStatementQuery command, CallContext context, FlightDescriptor descriptor) {
    return Calls.guarded(
        () ->
            prepared.start(command.getPreparedStatementHandle(), context::isCancelled, descriptor));
  }

  @Override
  public SchemaResult getSchemaPreparedStatement(
      CommandPreparedStatementQuery command, CallContext context, FlightDescriptor descriptor) {
    return Calls.guarded(
        () -> new SchemaResult(prepared.describe(command.getPreparedStatementHandle())));
  }

  @Override
  public void getStreamPreparedStatement(
      CommandPreparedStatementQuery command, CallContext context, ServerStreamListener listener) {
    listener.error(
        CallStatus.INVALID_ARGUMENT
            .withDescription("ask for the flight info of a prepared statement first")
            .toRuntimeException());
  }

  @Override
  public Runnable acceptPutPreparedStatementUpdate(
      CommandPreparedStatementUpdate command,
      CallContext context,
      FlightStream stream,
      StreamListener<PutResult> listener) {
    return () ->
        Calls.answers(
            listener,
            () ->
                answer(
                    prepared.update(
                        command.getPreparedStatementHandle(), stream, context::isCancelled),
                    listener));
  }

  @Override
  public Runnable acceptPutPreparedStatementQuery(
      CommandPreparedStatementQuery command,
      CallContext context,
      FlightStream stream,
      StreamListener<PutResult> listener) {
    return () ->
        Calls.answers(
            listener,
            () -> answer(prepared.bind(command.getPreparedStatementHandle(), stream), listener));
  }

  private void answer(long rows, StreamListener<PutResult> listener) {
    answer(DoPutUpdateResult.newBuilder().setRecordCount(rows).build(), listener);
  }

  private void answer(Message result, StreamListener<PutResult> listener) {
    byte[] message = result.toByteArray();
    try (ArrowBuf buffer = allocator.buffer(message.length)) {
      buffer.writeBytes(message);
      listener.onNext(PutResult.metadata(buffer));
    }
  }

  // Sessions

  @Override
  public void setSessionOptions(
      SetSessionOptionsRequest request,
      CallContext context,
      StreamListener<SetSessionOptionsResult> listener) {
    Calls.answers(listener, () -> listener.onNext(sessions.set(request)));
  }

  @Override
  public void getSessionOptions(
      GetSessionOptionsRequest request,
      CallContext context,
      StreamListener<GetSessionOptionsResult> listener) {
    Calls.answers(listener, () -> listener.onNext(sessions.get()));
  }

  @Override
  public void closeSession(
      CloseSessionRequest request,
      CallContext context,
      StreamListener<CloseSessionResult> listener) {
    Calls.answers(listener, () -> listener.onNext(sessions.close()));
  }

  // What the server is and has

  @Override
  public FlightInfo getFlightInfoSqlInfo(
      CommandGetSqlInfo command, CallContext context, FlightDescriptor descriptor) {
    return same(command, descriptor, Schemas.GET_SQL_INFO_SCHEMA);
  }

  @Override
  public void getStreamSqlInfo(
      CommandGetSqlInfo command, CallContext context, ServerStreamListener listener) {
    stream(listener, () -> sqlInfo.send(command, listener));
  }

  @Override
  public FlightInfo getFlightInfoTypeInfo(
      CommandGetXdbcTypeInfo command, CallContext context, FlightDescriptor descriptor) {
    return same(command, descriptor, Schemas.GET_TYPE_INFO_SCHEMA);
  }

  @Override
  public void getStreamTypeInfo(
      CommandGetXdbcTypeInfo command, CallContext context, ServerStreamListener listener) {
    stream(listener, () -> types.send(command, listener));
  }

  @Override
  public FlightInfo getFlightInfoCatalogs(
      CommandGetCatalogs command, CallContext context, FlightDescriptor descriptor) {
    return same(command, descriptor, Schemas.GET_CATALOGS_SCHEMA);
  }

  @Override
  public void getStreamCatalogs(CallContext context, ServerStreamListener listener) {
    stream(listener, () -> metadata.sendCatalogs(listener));
  }

  @Override
  public FlightInfo getFlightInfoSchemas(
      CommandGetDbSchemas command, CallContext context, FlightDescriptor descriptor) {
    return same(command, descriptor, Schemas.GET_SCHEMAS_SCHEMA);
  }

  @Override
  public void getStreamSchemas(
      CommandGetDbSchemas command, CallContext context, ServerStreamListener listener) {
    stream(listener, () -> metadata.sendSchemas(command, listener));
  }

  @Override
  public FlightInfo getFlightInfoTables(
      CommandGetTables command, CallContext context, FlightDescriptor descriptor) {
    return same(
        command,
        descriptor,
        command.getIncludeSchema()
            ? Schemas.GET_TABLES_SCHEMA
            : Schemas.GET_TABLES_SCHEMA_NO_SCHEMA);
  }

  @Override
  public void getStreamTables(
      CommandGetTables command, CallContext context, ServerStreamListener listener) {
    stream(listener, () -> metadata.sendTables(command, listener));
  }

  @Override
  public FlightInfo getFlightInfoTableTypes(
      CommandGetTableTypes command, CallContext context, FlightDescriptor descriptor) {
    return same(command, descriptor, Schemas.GET_TABLE_TYPES_SCHEMA);
  }

  @Override
  public void getStreamTableTypes(CallContext context, ServerStreamListener listener) {
    stream(listener, () -> metadata.sendTableTypes(listener));
  }

  @Override
  public FlightInfo getFlightInfoPrimaryKeys(
      CommandGetPrimaryKeys command, CallContext context, FlightDescriptor descriptor) {
    return same(command, descriptor, Schemas.GET_PRIMARY_KEYS_SCHEMA);
  }

  @Override
  public void getStreamPrimaryKeys(
      CommandGetPrimaryKeys command, CallContext context, ServerStreamListener listener) {
    stream(listener, () -> metadata.sendNothing(Schemas.GET_PRIMARY_KEYS_SCHEMA, listener));
  }

  @Override
  public FlightInfo getFlightInfoExportedKeys(
      CommandGetExportedKeys command, CallContext context, FlightDescriptor descriptor) {
    return same(command, descriptor, Schemas.GET_EXPORTED_KEYS_SCHEMA);
  }

  @Override
  public void getStreamExportedKeys(
      CommandGetExportedKeys command, CallContext context, ServerStreamListener listener) {
    stream(listener, () -> metadata.sendNothing(Schemas.GET_EXPORTED_KEYS_SCHEMA, listener));
  }

  @Override
  public FlightInfo getFlightInfoImportedKeys(
      CommandGetImportedKeys command, CallContext context, FlightDescriptor descriptor) {
    return same(command, descriptor, Schemas.GET_IMPORTED_KEYS_SCHEMA);
  }

  @Override
  public void getStreamImportedKeys(
      CommandGetImportedKeys command, CallContext context, ServerStreamListener listener) {
    stream(listener, () -> metadata.sendNothing(Schemas.GET_IMPORTED_KEYS_SCHEMA, listener));
  }

  @Override
  public FlightInfo getFlightInfoCrossReference(
      CommandGetCrossReference command, CallContext context, FlightDescriptor descriptor) {
    return same(command, descriptor, Schemas.GET_CROSS_REFERENCE_SCHEMA);
  }

  @Override
  public void getStreamCrossReference(
      CommandGetCrossReference command, CallContext context, ServerStreamListener listener) {
    stream(listener, () -> metadata.sendNothing(Schemas.GET_CROSS_REFERENCE_SCHEMA, listener));
  }

  /** The ticket is the command itself. */
  private static FlightInfo same(Message command, FlightDescriptor descriptor, Schema schema) {
    Ticket ticket = new Ticket(com.google.protobuf.Any.pack(command).toByteArray());
    return FlightInfo.builder(schema, descriptor, List.of(new FlightEndpoint(ticket)))
        .setOrdered(true)
        .build();
  }

  // Actions

  @Override
  public void doAction(CallContext context, Action action, StreamListener<Result> listener) {
    if (AdminActions.knows(action.getType())) {
      Calls.answers(listener, () -> admin.run(action, listener));
    } else {
      FlightSqlProducer.super.doAction(context, action, listener);
    }
  }

  @Override
  public void listActions(CallContext context, StreamListener<ActionType> listener) {
    AdminActions.TYPES.forEach(listener::onNext);
    FlightSqlProducer.super.listActions(context, listener);
  }

  @Override
  public void listFlights(
      CallContext context, Criteria criteria, StreamListener<FlightInfo> listener) {
    listener.onCompleted();
  }

  @Override
  public void close() {}
}
