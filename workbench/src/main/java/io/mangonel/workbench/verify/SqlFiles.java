package io.mangonel.workbench.verify;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Files of statements on the class path. */
final class SqlFiles {
  private SqlFiles() {}

  /** The statements of a file; each ends with a semicolon at the end of a line. */
  static List<String> statements(String name) {
    return Arrays.stream(text(name).split(";[ ]*(\n|$)", -1))
        .map(String::strip)
        .filter(statement -> !statement.isEmpty())
        .toList();
  }

  private static String text(String name) {
    String path = "/corpus/" + name;
    try (InputStream stream = SqlFiles.class.getResourceAsStream(path)) {
      if (stream == null) {
        throw new IllegalStateException("not built with the corpus: " + path);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
