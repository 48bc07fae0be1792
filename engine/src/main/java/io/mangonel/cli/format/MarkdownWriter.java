package io.mangonel.cli.format;

import io.mangonel.rows.ArrowValues;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** A table of GitHub's Markdown; numbers are aligned to the right. */
final class MarkdownWriter implements RowWriter {
  private final List<Field> fields;
  private final Writer out;
  private boolean begun;

  MarkdownWriter(Schema schema, Writer out) {
    this.fields = schema.getFields();
    this.out = out;
  }

  @Override
  public void write(VectorSchemaRoot batch) throws IOException {
    begin();
    for (int row = 0; row < batch.getRowCount(); row++) {
      StringBuilder line = new StringBuilder("|");
      for (int column = 0; column < fields.size(); column++) {
        String text = Cells.cell(ArrowValues.read(batch.getVector(column), row));
        line.append(' ').append(escaped(text)).append(" |");
      }
      out.write(line.append('\n').toString());
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
    if (begun || fields.isEmpty()) {
      return;
    }
    begun = true;
    out.write(
        fields.stream()
            .map(field -> escaped(Cells.printable(field.getName())))
            .collect(Collectors.joining(" | ", "| ", " |\n")));
    out.write(
        fields.stream()
            .map(field -> Cells.isNumber(field) ? "---:" : "---")
            .collect(Collectors.joining("|", "|", "|\n")));
  }

  /** What would end the cell, or be read as markup of HTML. */
  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;");
  }
}
