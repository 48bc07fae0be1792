package io.mangonel.scheduler.query;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Lines of text as an Arrow IPC stream of one column. */
final class TextRows {
  private static final Schema SCHEMA =
      new Schema(List.of(Field.nullable("c0", new ArrowType.Utf8())));

  private TextRows() {}

  static byte[] arrow(List<String> lines) {
    var bytes = new ByteArrayOutputStream();
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, allocator);
        ArrowStreamWriter writer = new ArrowStreamWriter(root, null, bytes)) {
      root.allocateNew();
      VarCharVector column = (VarCharVector) root.getVector(0);
      for (int row = 0; row < lines.size(); row++) {
        column.setSafe(row, lines.get(row).getBytes(StandardCharsets.UTF_8));
      }
      root.setRowCount(lines.size());
      writer.start();
      writer.writeBatch();
      writer.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
