package io.mangonel.client;

import java.util.List;

/**
 * A table or view of the catalogue.
 *
 * @param schema empty when there is none
 * @param type {@code TABLE}, {@code VIEW} and so on
 * @param columns their names, in order; none when the scheduler could not tell
 */
public record TableEntry(String schema, String name, String type, List<String> columns) {
  public TableEntry {
    columns = List.copyOf(columns);
  }
}
