package io.mangonel.cli.format;

import io.mangonel.cli.terminal.TextWidth;
import io.mangonel.rows.ArrowValues;
import io.mangonel.rows.Value;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** A line per value, and one above each row: for rows that are wider than the terminal. */
final class RecordWriter implements RowWriter {
  private static final int RULE_MAX = 60;

  private final List<String> names;
  private final Writer out;
  private final TableLayout layout;
  private final int nameWidth;
  private long rows;

  RecordWriter(Schema schema, Writer out, TableLayout layout) {
    this.names =
        schema.getFields().stream().map(field -> Cells.printable(field.getName())).toList();
    this.out = out;
    this.layout = layout;
    this.nameWidth = names.stream().mapToInt(TextWidth::width).max().orElse(0);
  }

  @Override
  public void write(VectorSchemaRoot batch) throws IOException {
    for (int row = 0; row < batch.getRowCount() && !isFull(); row++) {
      rows++;
      out.write(dimmed(rule()) + "\n");
      for (int column = 0; column < names.size(); column++) {
        Value value = ArrowValues.read(batch.getVector(column), row);
        String name = names.get(column);
        String text = Cells.cell(value);
        out.write(name + " ".repeat(nameWidth - TextWidth.width(name)) + dimmed(" | "));
        out.write((value instanceof Value.Null ? dimmed(text) : text) + "\n");
      }
    }
  }

  private String rule() {
    String label = "-[ " + rows + " ]";
    int width = Math.min(RULE_MAX, Math.min(layout.columnsMax(), nameWidth + 20));
    return label + "-".repeat(Math.max(0, width - label.length()));
  }

  private String dimmed(String text) {
    return layout.colored() ? Cells.dimmed(text) : text;
  }

  @Override
  public boolean isFull() {
    return rows >= layout.rowsMax();
  }

  @Override
  public void end(Footer footer) throws IOException {
    if (!names.isEmpty()) {
      out.write(footer.text(rows, names.size(), names.size()) + "\n");
    }
    out.flush();
  }
}
