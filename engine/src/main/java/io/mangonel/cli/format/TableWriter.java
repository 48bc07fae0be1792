package io.mangonel.cli.format;

import io.mangonel.cli.terminal.TextWidth;
import io.mangonel.rows.ArrowValues;
import io.mangonel.rows.Value;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Columns under one another. The widths are those of the first rows; a longer value later on is cut
 * where the terminal is the limit, and else pushes its line to the right, so that memory stays
 * bounded.
 */
final class TableWriter implements RowWriter {
  /** Rows that are held back to measure them. */
  private static final int MEASURED_ROWS_MAX = 1_000;

  /** Characters that are held back: long texts end the measuring sooner. */
  private static final long MEASURED_CHARACTERS_MAX = 4_000_000;

  private static final String MORE = "…";

  private final List<Field> fields;
  private final Writer out;
  private final TableLayout layout;
  private final List<List<Cell>> held = new ArrayList<>();
  private final int[] wanted;
  private Widths widths = new Widths(List.of(), 0);
  private boolean begun;
  private long heldCharacters;
  private long rows;

  TableWriter(Schema schema, Writer out, TableLayout layout) {
    this.fields = schema.getFields();
    this.out = out;
    this.layout = layout;
    this.wanted =
        fields.stream()
            .mapToInt(field -> TextWidth.width(Cells.printable(field.getName())))
            .toArray();
  }

  private record Cell(String text, boolean absent) {}

  @Override
  public void write(VectorSchemaRoot batch) throws IOException {
    for (int row = 0; row < batch.getRowCount() && !isFull(); row++) {
      List<Cell> cells = new ArrayList<>();
      for (int column = 0; column < fields.size(); column++) {
        Value value = ArrowValues.read(batch.getVector(column), row);
        // What is wider than the terminal is cut in any case: it need not be held whole.
        String text = TextWidth.cut(Cells.cell(value), layout.columnsMax());
        cells.add(new Cell(text, value instanceof Value.Null));
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
  public boolean isFull() {
    return rows >= layout.rowsMax();
  }

  @Override
  public void end(Footer footer) throws IOException {
    if (!fields.isEmpty()) {
      begin();
      out.write(footer.text(rows, widths.widths().size(), fields.size()) + "\n");
    }
    out.flush();
  }

  private void hold(List<Cell> cells) throws IOException {
    held.add(cells);
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = Math.max(wanted[i], TextWidth.width(cells.get(i).text()));
      heldCharacters += cells.get(i).text().length();
    }
    if (held.size() == MEASURED_ROWS_MAX || heldCharacters > MEASURED_CHARACTERS_MAX) {
      begin();
    }
  }

  private void begin() throws IOException {
    if (begun) {
      return;
    }
    begun = true;
    widths = Widths.fit(fields, wanted, layout.columnsMax());
    line(fields.stream().map(field -> new Cell(Cells.printable(field.getName()), false)).toList());
    StringBuilder rule = new StringBuilder();
    for (int width : widths.widths()) {
      rule.append(rule.isEmpty() ? "" : "+").append("-".repeat(width + 2));
    }
    rule.append(widths.isWhole() ? "" : "+--");
    out.write((layout.colored() ? Cells.dimmed(rule.toString()) : rule.toString()) + "\n");
    for (List<Cell> cells : held) {
      line(cells);
    }
    held.clear();
  }

  private void line(List<Cell> cells) throws IOException {
    StringBuilder line = new StringBuilder();
    int blanks = 0;
    for (int i = 0; i < widths.widths().size(); i++) {
      Cell cell = cells.get(i);
      int width = widths.widths().get(i);
      String text =
          layout.columnsMax() == Integer.MAX_VALUE
              ? cell.text()
              : TextWidth.cut(cell.text(), width);
      int padding = Math.max(0, width - TextWidth.width(text));
      boolean right = Cells.isNumber(fields.get(i));
      separator(line, i == 0 ? " " : " | ", blanks);
      line.append(" ".repeat(right ? padding : 0));
      line.append(cell.absent() && layout.colored() ? Cells.dimmed(text) : text);
      // Blanks at the end of a line are left out.
      blanks = right ? 0 : padding;
    }
    if (!widths.isWhole()) {
      separator(line, " | ", blanks);
      line.append(MORE);
    }
    out.write(line.toString().stripTrailing() + "\n");
  }

  private void separator(StringBuilder line, String text, int blanksBefore) {
    line.append(" ".repeat(blanksBefore));
    line.append(layout.colored() && !text.isBlank() ? Cells.dimmed(text) : text);
  }
}
