package io.mangonel.cli.format;

import io.mangonel.rows.ArrowValues;
import io.mangonel.rows.ValueText;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Columns under one another. The widths are those of the first rows; a longer value later on pushes
 * its line to the right, so that memory stays bounded.
 */
final class TableWriter implements RowWriter {
  /** Rows that are held back to measure them. */
  private static final int MEASURED_ROWS_MAX = 1_000;

  private final List<Field> fields;
  private final Writer out;
  private final List<List<String>> held = new ArrayList<>();
  private final int[] widths;
  private boolean begun;
  private long rows;

  TableWriter(Schema schema, Writer out) {
    this.fields = schema.getFields();
    this.out = out;
    this.widths = fields.stream().mapToInt(field -> width(printable(field.getName()))).toArray();
  }

  @Override
  public void write(VectorSchemaRoot batch) throws IOException {
    for (int row = 0; row < batch.getRowCount(); row++) {
      List<String> cells = new ArrayList<>();
      for (int column = 0; column < fields.size(); column++) {
        cells.add(printable(ValueText.text(ArrowValues.read(batch.getVector(column), row))));
      }
      rows++;
      if (begun) {
        line(cells);
      } else {
        hold(cells);
      }
    }
  }

  @Override
  public void end() throws IOException {
    if (!fields.isEmpty()) {
      begin();
      out.write("(" + rows + (rows == 1 ? " row)\n" : " rows)\n"));
    }
    out.flush();
  }

  private void hold(List<String> cells) throws IOException {
    held.add(cells);
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Math.max(widths[i], width(cells.get(i)));
    }
    if (held.size() == MEASURED_ROWS_MAX) {
      begin();
    }
  }

  private void begin() throws IOException {
    if (begun) {
      return;
    }
    begun = true;
    line(fields.stream().map(field -> printable(field.getName())).toList());
    StringBuilder rule = new StringBuilder();
    for (int width : widths) {
      rule.append(rule.isEmpty() ? "" : "+").append("-".repeat(width + 2));
    }
    out.write(rule.append('\n').toString());
    for (List<String> cells : held) {
      line(cells);
    }
    held.clear();
  }

  private void line(List<String> cells) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      String padding = " ".repeat(Math.max(0, widths[i] - width(cell)));
      line.append(i == 0 ? " " : " | ");
      line.append(isNumber(fields.get(i)) ? padding + cell : cell + padding);
    }
    out.write(line.toString().stripTrailing() + "\n");
  }

  private static boolean isNumber(Field field) {
    return switch (field.getType()) {
      case ArrowType.Int type -> true;
      case ArrowType.FloatingPoint type -> true;
      case ArrowType.Decimal type -> true;
      default -> false;
    };
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }

  /** One value is one line, and sends nothing to the terminal but characters. */
  private static String printable(String text) {
    if (text.chars().noneMatch(Character::isISOControl)) {
      return text;
    }
    StringBuilder escaped = new StringBuilder();
    text.chars()
        .forEach(
            c -> {
              switch (c) {
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                default -> {
                  if (Character.isISOControl(c)) {
                    escaped.append(String.format("\\x%02X", c));
                  } else {
                    escaped.append((char) c);
                  }
                }
              }
            });
    return escaped.toString();
  }
}
