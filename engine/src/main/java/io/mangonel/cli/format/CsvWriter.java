package io.mangonel.cli.format;

import io.mangonel.rows.ArrowValues;
import io.mangonel.rows.Value;
import io.mangonel.rows.ValueText;
import java.io.IOException;
import java.io.Writer;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * RFC 4180 with a header, and lines that end with a line feed. NULL is an empty field, an empty
 * text is {@code ""}.
 */
final class CsvWriter implements RowWriter {
  private final Schema schema;
  private final Writer out;
  private boolean begun;

  CsvWriter(Schema schema, Writer out) {
    this.schema = schema;
    this.out = out;
  }

  @Override
  public void write(VectorSchemaRoot batch) throws IOException {
    begin();
    for (int row = 0; row < batch.getRowCount(); row++) {
      for (int column = 0; column < batch.getFieldVectors().size(); column++) {
        if (column > 0) {
          out.write(',');
        }
        Value value = ArrowValues.read(batch.getVector(column), row);
        if (!(value instanceof Value.Null)) {
          out.write(quoted(ValueText.text(value)));
        }
      }
      out.write('\n');
    }
  }

  @Override
  public boolean isFull() {
    return false;
  }

  @Override
  public void end(Footer footer) throws IOException {
    begin();
    out.flush();
  }

  private void begin() throws IOException {
    if (begun || schema.getFields().isEmpty()) {
      return;
    }
    begun = true;
    boolean first = true;
    for (Field field : schema.getFields()) {
      out.write(first ? "" : ",");
      out.write(quoted(field.getName()));
      first = false;
    }
    out.write('\n');
  }

  private static String quoted(String text) {
    return isPlain(text) ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /** A loop, because it sees every character of every answer. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ',' || c == '"' || c == '\n' || c == '\r') {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
