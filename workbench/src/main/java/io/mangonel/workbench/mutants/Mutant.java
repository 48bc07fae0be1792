package io.mangonel.workbench.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * One plausible bug of one rule.
 *
 * @param name its file's name without the ending
 * @param rules the rules of the design that it breaks, or the word for what it is about
 * @param story what is wrong, in one line
 */
record Mutant(String name, List<String> rules, String story, List<SourceEdit> edits) {
  private static final String ENDING = ".txt";
  private static final String FILE_MARK = "==== ";
  private static final String REPLACEMENT_MARK = "----";

  /** Every mutant of a directory, in order of name. */
  static List<Mutant> all(Path directory) throws IOException {
    List<Mutant> mutants = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(ENDING)).sorted().toList()) {
        String name = String.valueOf(file.getFileName());
        mutants.add(
            parse(name.substring(0, name.length() - ENDING.length()), Files.readString(file)));
      }
    }
    return List.copyOf(mutants);
  }

  /**
   * The first line has the rules, a colon and the story; then follow edits: {@code ==== File.java},
   * the text to find, {@code ----}, the text that takes its place, which may be empty.
   */
  static Mutant parse(String name, String text) {
    String[] sections = text.split("(?m)^" + FILE_MARK, -1);
    String[] head = sections[0].strip().split(":", 2);
    if (head.length < 2 || sections.length < 2) {
      throw new IllegalArgumentException(name + ": no 'rules: story' line, or no edit");
    }
    var edits = new ArrayList<SourceEdit>();
    for (String section : List.of(sections).subList(1, sections.length)) {
      String[] file = section.split("\n", 2);
      String[] sides = file[file.length - 1].split("(?m)^" + REPLACEMENT_MARK + "$", -1);
      if (file.length < 2 || sides.length != 2) {
        throw new IllegalArgumentException(
            name + ": an edit is a file, a text, '" + REPLACEMENT_MARK + "' and a text");
      }
      edits.add(new SourceEdit(file[0].strip(), sides[0].strip(), sides[1].strip()));
    }
    List<String> rules = Arrays.stream(head[0].split(",")).map(String::strip).toList();
    return new Mutant(name, rules, head[1].strip(), edits);
  }
}
