package io.mangonel.house;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.util.List;

/** The formatter's form, as Spotless makes it; here also when Maven runs on an older Java. */
final class Format {
  private Format() {}

  static List<String> violations(List<SourceFile> files) {
    return files.parallelStream()
        .filter(file -> !formatted(file).equals(file.text()))
        .map(file -> file.path() + ": not formatted; run mvn spotless:apply")
        .toList();
  }

  private static String formatted(SourceFile file) {
    try {
      String text = new Formatter().formatSource(file.text());
      return ImportOrderer.reorderImports(
          RemoveUnusedImports.removeUnusedImports(text), JavaFormatterOptions.Style.GOOGLE);
    } catch (FormatterException e) {
      return "not Java: " + e.getMessage();
    }
  }
}
