package io.mangonel.cli.client;

import java.util.ArrayList;
import java.util.List;

/** Lines of text in columns, two spaces apart; columns of numbers are aligned to the right. */
public final class TextTable {
  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  public TextTable(String... header) {
    this.header = List.of(header);
  }

  /** Adds a row of as many cells as the header has. */
  public TextTable row(String... cells) {
    if (cells.length != header.size()) {
      throw new IllegalArgumentException(cells.length + " cells for " + header.size() + " columns");
    }
    rows.add(List.of(cells));
    return this;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(line(header));
    rows.forEach(row -> text.append('\n').append(line(row)));
    return text.toString();
  }

  private String line(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      String padding = " ".repeat(width(i) - cell.length());
      line.append(i == 0 ? "" : "  ").append(isNumber(i) ? padding + cell : cell + padding);
    }
    return line.toString().stripTrailing();
  }

  private int width(int column) {
    return Math.max(
        header.get(column).length(),
        rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0));
  }

  private boolean isNumber(int column) {
    return !rows.isEmpty()
        && rows.stream().allMatch(row -> row.get(column).matches("[-0-9][0-9.,]*( ms| s| MB)?|-|"));
  }
}
