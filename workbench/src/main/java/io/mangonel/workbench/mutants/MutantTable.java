package io.mangonel.workbench.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The page that says of each rule of the design which mutants break it, and what caught each. */
final class MutantTable {
  /** Every rule of the design. */
  static final List<String> RULES =
      Stream.concat(
              IntStream.rangeClosed(1, 12).mapToObj(i -> "D" + i),
              IntStream.rangeClosed(1, 16).mapToObj(i -> "T" + i))
          .toList();

  private static final Pattern ROW = Pattern.compile("\\| (\\S+) \\| `(\\S+)` \\| .* \\| (.*) \\|");
  private static final String HEAD =
      """
      # Planted bugs

      Each rule of the design, or what else is watched, the bugs that break it
      (`workbench/src/mutants`), and what caught each when it was last planted: a script below
      `engine/src/test/resources/core`, or the first seed of `./mangonel simulate --first 0`.
      Written by `./mangonel mutants --table docs/mutants.md NAME...`, which replaces the rows
      of those that it tries; `?` was planted when it was written, and not since this page
      exists. A test fails when a rule has no mutant, or a row names one that is gone.

      | rule | mutant | what is wrong | caught by |
      |---|---|---|---|
      """;

  private MutantTable() {}

  /** One row: a mutant of two rules has two. */
  record Row(String rule, String mutant, String caughtBy) {}

  static List<Row> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    var rows = new ArrayList<Row>();
    for (String line : Files.readAllLines(file)) {
      var row = ROW.matcher(line);
      if (row.matches()) {
        rows.add(new Row(row.group(1), row.group(2), row.group(3)));
      }
    }
    return rows;
  }

  /**
   * Writes a row for each that was caught now, or before.
   *
   * @param caughtNow by the mutant's name
   */
  static void write(Path file, List<Mutant> mutants, Map<String, String> caughtNow)
      throws IOException {
    var caught = new TreeMap<String, String>();
    read(file).forEach(row -> caught.put(row.mutant, row.caughtBy));
    caught.putAll(caughtNow);
    var lines = new TreeMap<Integer, List<String>>();
    for (Mutant mutant : mutants.stream().sorted(Comparator.comparing(Mutant::name)).toList()) {
      String by = caught.getOrDefault(mutant.name(), "?");
      for (String rule : mutant.rules()) {
        int place = RULES.contains(rule) ? RULES.indexOf(rule) : RULES.size();
        lines
            .computeIfAbsent(place, _ -> new ArrayList<>())
            .add("| %s | `%s` | %s | %s |%n".formatted(rule, mutant.name(), mutant.story(), by));
      }
    }
    var text = new StringBuilder(HEAD);
    lines.values().forEach(some -> some.stream().sorted().forEach(text::append));
    Files.writeString(file, text);
  }
}
