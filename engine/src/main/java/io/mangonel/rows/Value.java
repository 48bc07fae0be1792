package io.mangonel.rows;

import java.math.BigDecimal;
import java.util.List;

/** One value of an answer, free of its Arrow form. */
public sealed interface Value {
  record Null() implements Value {}

  record Bool(boolean value) implements Value {}

  /** Whole and decimal numbers, exact. */
  record Exact(BigDecimal value) implements Value {}

  /**
   * @param shortest the fewest digits that give the same FLOAT or DOUBLE, as Java writes them
   */
  record Floating(double value, String shortest) implements Value {}

  record Text(String value) implements Value {}

  /** Dates, times, intervals, bytes: already in DuckDB's notation. */
  record Notation(String value) implements Value {}

  record Sequence(List<Value> values) implements Value {
    public Sequence {
      values = List.copyOf(values);
    }
  }

  record Struct(List<Field> fields) implements Value {
    public Struct {
      fields = List.copyOf(fields);
    }
  }

  record Field(String name, Value value) {}

  record Mapping(List<Entry> entries) implements Value {
    public Mapping {
      entries = List.copyOf(entries);
    }
  }

  record Entry(Value key, Value value) {}
}
