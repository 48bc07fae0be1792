package io.mangonel.flightsql;

import io.mangonel.scheduler.query.ResultStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.arrow.flight.BackpressureStrategy.CallbackBackpressureStrategy;
import org.apache.arrow.flight.BackpressureStrategy.WaitResult;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Sends rows to a client, no faster than it reads. */
final class ResultSender {
  private final BufferAllocator allocator;
  private final ResultSchemas schemas;

  ResultSender(BufferAllocator allocator, ResultSchemas schemas) {
    this.allocator = allocator;
    this.schemas = schemas;
  }

  /** Sends all of {@code result} under exactly the schema that was promised. */
  void send(ResultStream result, ServerStreamListener listener) throws IOException {
    CallbackBackpressureStrategy client = new CallbackBackpressureStrategy();
    client.register(listener);
    Schema promised = schemas.of(result.columns());
    try (ArrowStreamReader reader = new ArrowStreamReader(result.arrow(), allocator);
        VectorSchemaRoot root = VectorSchemaRoot.create(promised, allocator)) {
      VectorSchemaRoot source = reader.getVectorSchemaRoot();
      if (!ResultSchemas.sameLayout(promised.getFields(), source.getSchema().getFields())) {
        throw new IllegalStateException(
            "promised " + promised + ", the executor made " + source.getSchema());
      }
      listener.start(root);
      VectorUnloader unloader = new VectorUnloader(source);
      VectorLoader loader = new VectorLoader(root);
      while (reader.loadNextBatch()) {
        try (ArrowRecordBatch batch = unloader.getRecordBatch()) {
          loader.load(batch);
        }
        if (!awaitClient(client, listener)) {
          return;
        }
        listener.putNext();
      }
      listener.completed();
    }
  }

  /** Sends rows of texts. */
  void send(Handle.Rows rows, ServerStreamListener listener) {
    Schema schema = textSchema(rows.columns());
    try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
      listener.start(root);
      root.allocateNew();
      for (int row = 0; row < rows.rows().size(); row++) {
        for (int column = 0; column < rows.columns().size(); column++) {
          byte[] text = rows.rows().get(row).get(column).getBytes(StandardCharsets.UTF_8);
          ((VarCharVector) root.getVector(column)).setSafe(row, text);
        }
      }
      root.setRowCount(rows.rows().size());
      if (!rows.rows().isEmpty()) {
        listener.putNext();
      }
      listener.completed();
    }
  }

  /** Sends one batch that {@code fill} makes. */
  void send(Schema schema, ServerStreamListener listener, Consumer<VectorSchemaRoot> fill) {
    try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
      root.allocateNew();
      fill.accept(root);
      listener.start(root);
      listener.putNext();
      listener.completed();
    }
  }

  static Schema textSchema(List<String> columns) {
    List<Field> fields = new ArrayList<>();
    for (String column : columns) {
      fields.add(Field.nullable(column, new ArrowType.Utf8()));
    }
    return new Schema(fields);
  }

  /** False when the client has left. */
  private static boolean awaitClient(
      CallbackBackpressureStrategy client, ServerStreamListener listener) {
    for (long waited = 0; waited < Limits.CLIENT_STALL_MAX_MS; waited += Limits.CLIENT_WAIT_MS) {
      WaitResult result = client.waitForListener(Limits.CLIENT_WAIT_MS);
      if (result == WaitResult.READY) {
        return true;
      }
      if (result == WaitResult.CANCELLED || listener.isCancelled()) {
        return false;
      }
    }
    throw CallStatus.TIMED_OUT
        .withDescription("the client read nothing for " + Limits.CLIENT_STALL_MAX_MS + " ms")
        .toRuntimeException();
  }
}
