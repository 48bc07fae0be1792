package io.mangonel.cli.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.mangonel.rows.ArrowValues;
import io.mangonel.rows.ValueText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * An object for each row. A column name that occurs again gets {@code _1}, {@code _2} and so on: an
 * object has each name once.
 */
final class JsonWriter implements RowWriter {
  /** How the objects follow one another. */
  enum Shape {
    /** One array, a row per line. */
    ARRAY,
    /** A line is a row and nothing else. */
    LINES
  }

  private final Shape shape;
  private final List<String> names;
  private final Writer out;
  private final JsonGenerator json;
  private boolean begun;

  JsonWriter(Schema schema, Writer out, Shape shape) {
    this.shape = shape;
    this.names = distinct(schema.getFields().stream().map(Field::getName).toList());
    this.out = out;
    try {
      json = new JsonFactory().createGenerator(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    json.setPrettyPrinter(new MinimalPrettyPrinter(""));
  }

  @Override
  public void write(VectorSchemaRoot batch) throws IOException {
    for (int row = 0; row < batch.getRowCount(); row++) {
      switch (shape) {
        case ARRAY -> json.writeRaw(begun ? ",\n" : "[");
        case LINES -> json.writeRaw(begun ? "\n" : "");
      }
      begun = true;
      json.writeStartObject();
      for (int column = 0; column < names.size(); column++) {
        json.writeFieldName(names.get(column));
        ValueText.write(ArrowValues.read(batch.getVector(column), row), json);
      }
      json.writeEndObject();
    }
  }

  @Override
  public boolean isFull() {
    return false;
  }

  @Override
  public void end(Footer footer) throws IOException {
    switch (shape) {
      case ARRAY -> json.writeRaw(begun ? "]\n" : "[]\n");
      case LINES -> json.writeRaw(begun ? "\n" : "");
    }
    json.flush();
    out.flush();
  }

  private static List<String> distinct(List<String> names) {
    Set<String> taken = new HashSet<>(names);
    Set<String> used = new HashSet<>();
    List<String> distinct = new ArrayList<>();
    for (String name : names) {
      String one = name;
      for (int i = 1; !used.add(one); i++) {
        String candidate = name + "_" + i;
        one = taken.contains(candidate) ? one : candidate;
      }
      distinct.add(one);
    }
    return distinct;
  }
}
