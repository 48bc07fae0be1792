package io.mangonel.workbench.contest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** The rows of an answer as Java values. */
public record Answer(List<List<@Nullable Object>> rows) {
  /** Sums of binary floating point numbers depend on their order. */
  private static final double RELATIVE_ERROR_MAX = 1e-9;

  private static final char END_OF_VALUE = '\u0001';

  public Answer {
    rows = Collections.unmodifiableList(rows);
  }

  /** Copies the rows of a batch behind {@code rows}. */
  public static void append(VectorSchemaRoot batch, List<List<@Nullable Object>> rows) {
    for (int row = 0; row < batch.getRowCount(); row++) {
      List<@Nullable Object> values = new ArrayList<>();
      for (FieldVector vector : batch.getFieldVectors()) {
        Object value = vector.getObject(row);
        values.add(value == null || value instanceof Number ? value : text(value));
      }
      rows.add(values);
    }
  }

  private static String text(Object value) {
    return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value.toString();
  }

  /** Of the exact columns, whatever the order of the rows. */
  public String checksum() {
    CRC32C checksum = new CRC32C();
    for (List<@Nullable Object> row : sorted()) {
      checksum.update(text(row, false).getBytes(StandardCharsets.UTF_8));
    }
    return String.format(Locale.ROOT, "%08x", checksum.getValue());
  }

  /** Empty when equal as multisets of rows: exactly, but for binary floating point numbers. */
  public Optional<String> differenceTo(Answer expected) {
    if (rows.size() != expected.rows.size()) {
      return Optional.of(rows.size() + " rows instead of " + expected.rows.size());
    }
    List<List<@Nullable Object>> mine = sorted();
    List<List<@Nullable Object>> theirs = expected.sorted();
    for (int row = 0; row < mine.size(); row++) {
      List<@Nullable Object> actual = mine.get(row);
      List<@Nullable Object> wanted = theirs.get(row);
      if (!isSame(actual, wanted)) {
        return Optional.of(actual + " instead of " + wanted);
      }
    }
    return Optional.empty();
  }

  /** Empty when the same rows come in the same order. */
  public Optional<String> differenceInOrder(Answer expected) {
    for (int row = 0; row < Math.min(rows.size(), expected.rows.size()); row++) {
      if (!isSame(rows.get(row), expected.rows.get(row))) {
        return Optional.of(
            "row %d is %s instead of %s".formatted(row, rows.get(row), expected.rows.get(row)));
      }
    }
    return differenceTo(expected);
  }

  private static boolean isSame(List<@Nullable Object> actual, List<@Nullable Object> expected) {
    if (actual.size() != expected.size()) {
      return false;
    }
    for (int column = 0; column < actual.size(); column++) {
      if (!isSame(actual.get(column), expected.get(column))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSame(@Nullable Object actual, @Nullable Object expected) {
    if (actual instanceof Double measured && expected instanceof Double number) {
      double error = Math.abs(measured - number);
      return measured.equals(number) || error <= Math.abs(number) * RELATIVE_ERROR_MAX;
    }
    return Objects.equals(actual, expected);
  }

  /** By exact columns first, so that rounding does not change the order. */
  private List<List<@Nullable Object>> sorted() {
    Comparator<List<@Nullable Object>> exact = Comparator.comparing(row -> text(row, false));
    Comparator<List<@Nullable Object>> whole = Comparator.comparing(row -> text(row, true));
    return rows.stream().sorted(exact.thenComparing(whole)).toList();
  }

  private static String text(List<@Nullable Object> row, boolean withDoubles) {
    StringBuilder text = new StringBuilder();
    for (Object value : row) {
      if (withDoubles || !(value instanceof Double)) {
        text.append(value).append(END_OF_VALUE);
      }
    }
    return text.toString();
  }
}
