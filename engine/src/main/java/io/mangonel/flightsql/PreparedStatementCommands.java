package io.mangonel.flightsql;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.mangonel.flightsql.parameter.ArrowLiterals;
import io.mangonel.flightsql.parameter.UnsupportedParameterException;
import io.mangonel.scheduler.query.Preparation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PollInfo;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.DoPutPreparedStatementResult;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Prepared statements. Statement, session and bound values are in the handle: there is nothing to
 * keep, nothing to close, and any scheduler can run it.
 */
final class PreparedStatementCommands {
  private final StatementCommands statements;
  private final ResultSchemas schemas;

  PreparedStatementCommands(StatementCommands statements, ResultSchemas schemas) {
    this.statements = statements;
    this.schemas = schemas;
  }

  /** An empty dataset schema tells the client that the statement is an update. */
  Result create(String sql) {
    Preparation preparation = statements.prepare(sql);
    List<@Nullable String> types = new ArrayList<>();
    preparation.parameters().forEach(parameter -> types.add(parameter.type()));
    String session = Objects.requireNonNullElse(Caller.current().sessionId(), "");
    ActionCreatePreparedStatementResult.Builder created =
        ActionCreatePreparedStatementResult.newBuilder()
            .setPreparedStatementHandle(
                new Handle.Prepared(sql, session, types, List.of()).encode());
    Schema answer = schemas.of(preparation.columns());
    if (!answer.getFields().isEmpty()) {
      created.setDatasetSchema(ByteString.copyFrom(SchemaBytes.encode(answer)));
    }
    if (!preparation.parameters().isEmpty()) {
      Schema parameters =
          new Schema(
              preparation.parameters().stream()
                  .map(parameter -> schemas.field(parameter.name(), parameter.clientType()))
                  .toList());
      created.setParameterSchema(ByteString.copyFrom(SchemaBytes.encode(parameters)));
    }
    return new Result(Any.pack(created.build()).toByteArray());
  }

  FlightInfo start(ByteString handle, BooleanSupplier left, FlightDescriptor descriptor) {
    return statements.start(text(decode(handle)), left, descriptor);
  }

  PollInfo poll(ByteString handle, BooleanSupplier left, FlightDescriptor descriptor) {
    return statements.poll(text(decode(handle)), left, descriptor);
  }

  Schema describe(ByteString handle) {
    Handle.Prepared prepared = decode(handle);
    return prepared.values().isEmpty()
        ? schemas.of(statements.prepare(prepared.sql()).columns())
        : statements.describe(text(prepared));
  }

  /** Puts the values of one row into the handle, which the client uses from then on. */
  DoPutPreparedStatementResult bind(ByteString handle, FlightStream stream) {
    Handle.Prepared prepared = decode(handle);
    List<List<String>> rows = rows(prepared, stream);
    if (rows.size() > 1) {
      throw CallStatus.INVALID_ARGUMENT
          .withDescription("a query runs with one row of parameters, not with " + rows.size())
          .toRuntimeException();
    }
    Handle.Prepared bound = rows.isEmpty() ? prepared : prepared.withValues(rows.getFirst());
    return DoPutPreparedStatementResult.newBuilder()
        .setPreparedStatementHandle(bound.encode())
        .build();
  }

  /**
   * Runs it once for each row of parameters, or once without.
   *
   * @return the rows changed in all, -1 when that is not known
   */
  long update(ByteString handle, FlightStream stream, BooleanSupplier left) throws IOException {
    Handle.Prepared prepared = decode(handle);
    List<List<String>> rows = rows(prepared, stream);
    if (rows.isEmpty()) {
      return statements.update(text(prepared), left);
    }
    long changed = 0;
    for (List<String> row : rows) {
      long count = statements.update(text(prepared.withValues(row)), left);
      changed = count < 0 || changed < 0 ? -1 : changed + count;
    }
    return changed;
  }

  /** The values of all rows as SQL. */
  private List<List<String>> rows(Handle.Prepared prepared, FlightStream stream) {
    List<List<String>> rows = new ArrayList<>();
    while (stream.next()) {
      List<FieldVector> vectors = stream.getRoot().getFieldVectors();
      if (vectors.isEmpty()) {
        continue;
      }
      if (rows.size() + stream.getRoot().getRowCount() > Limits.PARAMETER_ROWS_MAX) {
        throw CallStatus.INVALID_ARGUMENT
            .withDescription("more than " + Limits.PARAMETER_ROWS_MAX + " rows of parameters")
            .toRuntimeException();
      }
      List<List<String>> columns = new ArrayList<>();
      for (int i = 0; i < vectors.size(); i++) {
        String type = i < prepared.types().size() ? prepared.types().get(i) : null;
        columns.add(column(vectors.get(i), type, stream));
      }
      for (int row = 0; row < stream.getRoot().getRowCount(); row++) {
        int at = row;
        rows.add(columns.stream().map(column -> column.get(at)).toList());
      }
    }
    return rows;
  }

  private List<String> column(FieldVector vector, @Nullable String type, FlightStream stream) {
    try {
      if (vector.getField().getDictionary() != null) {
        long id = vector.getField().getDictionary().getId();
        try (var decoded =
            (FieldVector)
                DictionaryEncoder.decode(vector, stream.getDictionaryProvider().lookup(id))) {
          return literals(decoded, type);
        }
      }
      return literals(vector, type);
    } catch (UnsupportedParameterException e) {
      throw CallStatus.INVALID_ARGUMENT
          .withDescription("parameter " + vector.getName() + ": " + e.getMessage())
          .toRuntimeException();
    }
  }

  /** Of the type that the client was told, if it kept to that; else of the type that it sent. */
  private List<String> literals(FieldVector vector, @Nullable String type) {
    boolean asTold = type != null && isFormOf(vector.getField(), type);
    List<String> literals = new ArrayList<>();
    for (int row = 0; row < vector.getValueCount(); row++) {
      String literal = ArrowLiterals.of(vector, row);
      literals.add(asTold ? "CAST(" + literal + " AS " + type + ")" : literal);
    }
    return literals;
  }

  private boolean isFormOf(Field sent, String type) {
    Field told = schemas.field(sent.getName(), Preparation.Parameter.clientType(type));
    return ResultSchemas.sameLayout(List.of(told), List.of(sent));
  }

  private static StatementCommands.Text text(Handle.Prepared prepared) {
    String session = prepared.session();
    return new StatementCommands.Text(
        prepared.sql(), prepared.values(), session.isEmpty() ? null : session);
  }

  private static Handle.Prepared decode(ByteString handle) {
    return Handle.decode(handle, Handle.Prepared.class);
  }
}
