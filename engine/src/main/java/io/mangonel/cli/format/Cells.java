package io.mangonel.cli.format;

import io.mangonel.rows.Value;
import io.mangonel.rows.ValueText;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/** Values as the cells of a table: one line each, as wide as a terminal draws them. */
final class Cells {
  private static final String NULL = "NULL";
  private static final String DIM = "\u001b[2m";
  private static final String PLAIN = "\u001b[0m";

  private Cells() {}

  /** The text {@code NULL} is quoted, as DuckDB does within a list: it is not the value NULL. */
  static String cell(Value value) {
    return value instanceof Value.Text(String text) && text.equals(NULL)
        ? "'" + NULL + "'"
        : printable(ValueText.text(value));
  }

  static boolean isNumber(Field field) {
    return switch (field.getType()) {
      case ArrowType.Int type -> true;
      case ArrowType.FloatingPoint type -> true;
      case ArrowType.Decimal type -> true;
      default -> false;
    };
  }

  static String dimmed(String text) {
    return DIM + text + PLAIN;
  }

  /** One value is one line, and sends nothing to the terminal but characters. */
  static String printable(String text) {
    if (text.chars().noneMatch(Cells::isUnprintable)) {
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
                  if (isUnprintable(c)) {
                    escaped.append(String.format(c < 0x100 ? "\\x%02X" : "\\u%04X", c));
                  } else {
                    escaped.append((char) c);
                  }
                }
              }
            });
    return escaped.toString();
  }

  /** Controls, and what makes a terminal write from right to left. */
  private static boolean isUnprintable(int c) {
    boolean direction = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    return Character.isISOControl(c) || direction || c == 0x2028 || c == 0x2029;
  }
}
