package io.mangonel.flightsql;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.PollInfo;
import org.apache.arrow.flight.grpc.StatusUtils;
import org.apache.arrow.flight.impl.Flight;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;

/**
 * PollFlightInfo: a statement whose end a client waits for in short calls, with its progress. The
 * Flight library has the messages of this call and no place to implement it.
 */
final class PollCommand {
  private final StatementCommands statements;
  private final PreparedStatementCommands prepared;

  PollCommand(StatementCommands statements, PreparedStatementCommands prepared) {
    this.statements = statements;
    this.prepared = prepared;
  }

  /** The same service, with this call in it. */
  ServerServiceDefinition addTo(ServerServiceDefinition flight) {
    MethodDescriptor<Flight.FlightDescriptor, Flight.PollInfo> poll =
        FlightServiceGrpc.getPollFlightInfoMethod();
    var service = ServerServiceDefinition.builder(flight.getServiceDescriptor());
    for (ServerMethodDefinition<?, ?> method : flight.getMethods()) {
      if (!method.getMethodDescriptor().getFullMethodName().equals(poll.getFullMethodName())) {
        service.addMethod(method);
      }
    }
    return service.addMethod(poll, ServerCalls.asyncUnaryCall(this::answer)).build();
  }

  private void answer(Flight.FlightDescriptor request, StreamObserver<Flight.PollInfo> observer) {
    Flight.PollInfo info;
    try {
      FlightDescriptor descriptor =
          FlightDescriptor.deserialize(request.toByteString().asReadOnlyByteBuffer());
      info = Flight.PollInfo.parseFrom(Calls.guarded(() -> poll(descriptor)).serialize());
    } catch (IOException | RuntimeException e) {
      observer.onError(StatusUtils.toGrpcException(e));
      return;
    }
    observer.onNext(info);
    observer.onCompleted();
  }

  private PollInfo poll(FlightDescriptor descriptor) {
    Any command = command(descriptor);
    if (command.is(CommandStatementQuery.class)) {
      String sql = unpack(command, CommandStatementQuery.class).getQuery();
      return statements.poll(StatementCommands.Text.of(sql), PollCommand::left, descriptor);
    }
    if (command.is(CommandPreparedStatementQuery.class)) {
      var query = unpack(command, CommandPreparedStatementQuery.class);
      return prepared.poll(query.getPreparedStatementHandle(), PollCommand::left, descriptor);
    }
    if (command.is(TicketStatementQuery.class)) {
      var again = unpack(command, TicketStatementQuery.class).getStatementHandle();
      return statements.poll(Handle.decode(again, Handle.Poll.class), descriptor);
    }
    throw CallStatus.INVALID_ARGUMENT
        .withDescription("only statements and prepared statements can be polled")
        .toRuntimeException();
  }

  private static boolean left() {
    return Context.current().isCancelled();
  }

  private static Any command(FlightDescriptor descriptor) {
    try {
      return Any.parseFrom(descriptor.getCommand());
    } catch (InvalidProtocolBufferException e) {
      throw notFlightSql(e);
    }
  }

  private static <T extends com.google.protobuf.Message> T unpack(Any command, Class<T> type) {
    try {
      return command.unpack(type);
    } catch (InvalidProtocolBufferException e) {
      throw notFlightSql(e);
    }
  }

  private static RuntimeException notFlightSql(InvalidProtocolBufferException cause) {
    return CallStatus.INVALID_ARGUMENT
        .withDescription("this is no command of Flight SQL")
        .withCause(cause)
        .toRuntimeException();
  }
}
