package io.mangonel.flightsql;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Prepared statements without parameters. The SQL is in the handle: there is nothing to keep, and
 * nothing to close.
 */
final class PreparedStatementCommands {
  private final StatementCommands statements;

  PreparedStatementCommands(StatementCommands statements) {
    this.statements = statements;
  }

  /** An empty dataset schema tells the client that the statement is an update. */
  Result create(String sql) throws IOException {
    ActionCreatePreparedStatementResult.Builder created =
        ActionCreatePreparedStatementResult.newBuilder()
            .setPreparedStatementHandle(new Handle.Prepared(sql).encode());
    Schema schema = statements.describe(sql);
    if (!schema.getFields().isEmpty()) {
      created.setDatasetSchema(serialized(schema));
    }
    return new Result(Any.pack(created.build()).toByteArray());
  }

  FlightInfo start(ByteString handle, CallContext context, FlightDescriptor descriptor) {
    return statements.start(sql(handle), context, descriptor);
  }

  Schema describe(ByteString handle) {
    return statements.describe(sql(handle));
  }

  long update(ByteString handle, CallContext context) throws IOException {
    return statements.update(sql(handle), context);
  }

  private static String sql(ByteString handle) {
    return Handle.decode(handle, Handle.Prepared.class).sql();
  }

  private static ByteString serialized(Schema schema) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    MessageSerializer.serialize(new WriteChannel(Channels.newChannel(bytes)), schema);
    return ByteString.copyFrom(bytes.toByteArray());
  }
}
