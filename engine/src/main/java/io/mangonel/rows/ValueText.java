package io.mangonel.rows;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.stream.Collectors;

/** A value as text, in DuckDB's notation, and as JSON. */
public final class ValueText {
  private static final String NULL = "NULL";
  private static final String QUOTED_WHEN_NESTED = "[]{}(),'\"=:";

  private ValueText() {}

  public static String text(Value value) {
    return switch (value) {
      case Value.Null none -> NULL;
      case Value.Bool bool -> Boolean.toString(bool.value());
      case Value.Exact number -> number.value().toPlainString();
      case Value.Floating number -> Notations.floating(number.value(), number.shortest());
      case Value.Text text -> text.value();
      case Value.Notation notation -> notation.value();
      case Value.Sequence list ->
          list.values().stream().map(ValueText::nested).collect(Collectors.joining(", ", "[", "]"));
      case Value.Struct struct ->
          struct.fields().stream()
              .map(field -> "'" + field.name() + "': " + nested(field.value()))
              .collect(Collectors.joining(", ", "{", "}"));
      case Value.Mapping map ->
          map.entries().stream()
              .map(entry -> nested(entry.key()) + "=" + nested(entry.value()))
              .collect(Collectors.joining(", ", "{", "}"));
    };
  }

  private static String nested(Value value) {
    String text = text(value);
    boolean quoted =
        value instanceof Value.Text
            && (text.isEmpty()
                || text.equalsIgnoreCase(NULL)
                || !text.strip().equals(text)
                || text.chars().anyMatch(c -> QUOTED_WHEN_NESTED.indexOf(c) >= 0));
    return quoted ? "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'" : text;
  }

  /** Numbers keep all their digits; what JSON has no number for is a string. */
  public static void write(Value value, JsonGenerator json) throws IOException {
    switch (value) {
      case Value.Null none -> json.writeNull();
      case Value.Bool bool -> json.writeBoolean(bool.value());
      case Value.Exact number -> json.writeNumber(number.value().toPlainString());
      case Value.Floating number -> {
        if (Double.isFinite(number.value())) {
          json.writeNumber(Notations.floating(number.value(), number.shortest()));
        } else {
          json.writeString(Double.toString(number.value()));
        }
      }
      case Value.Text text -> json.writeString(text.value());
      case Value.Notation notation -> json.writeString(notation.value());
      case Value.Sequence list -> {
        json.writeStartArray();
        for (Value element : list.values()) {
          write(element, json);
        }
        json.writeEndArray();
      }
      case Value.Struct struct -> {
        json.writeStartObject();
        for (Value.Field field : struct.fields()) {
          json.writeFieldName(field.name());
          write(field.value(), json);
        }
        json.writeEndObject();
      }
      case Value.Mapping map -> {
        json.writeStartObject();
        for (Value.Entry entry : map.entries()) {
          json.writeFieldName(text(entry.key()));
          write(entry.value(), json);
        }
        json.writeEndObject();
      }
    }
  }
}
