package io.mangonel.planner.bind;

import io.mangonel.planner.names.Definition;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What to say about a table that does not exist: DuckDB would propose tables nobody made. */
final class UnknownTable {
  private static final Pattern MESSAGE =
      Pattern.compile("(Catalog Error: Table with name (.*) does not exist!)\nDid you mean .*");

  private UnknownTable() {}

  static String improve(String message, List<Definition> views) {
    Matcher matcher = MESSAGE.matcher(message);
    if (!matcher.matches()) {
      return message;
    }
    String name = matcher.group(2).toLowerCase(Locale.ROOT);
    String best = "";
    int bestDistance = Math.max(2, name.length() / 2);
    for (Definition view : views) {
      int distance = distance(name, view.name().toLowerCase(Locale.ROOT));
      if (distance < bestDistance) {
        bestDistance = distance;
        best = view.name();
      }
    }
    return matcher.group(1) + "\n" + advice(best, views);
  }

  private static String advice(String best, List<Definition> views) {
    if (!best.isEmpty()) {
      return "Did you mean \"" + best + "\"?";
    }
    return views.isEmpty()
        ? "There are no views yet: CREATE VIEW name AS FROM 'files/*.parquet' makes one, and FROM"
            + " 'file.parquet' reads a file."
        : "SHOW TABLES lists what there is, and FROM 'file.parquet' reads a file.";
  }

  /** Edits that make one name the other (Levenshtein). */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.length()];
  }
}
