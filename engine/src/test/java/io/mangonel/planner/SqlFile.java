package io.mangonel.planner;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** SQL files among the test resources: a statement ends with a semicolon at the end of a line. */
final class SqlFile {
  private SqlFile() {}

  static List<String> statements(String resource) throws IOException {
    return Arrays.stream(read(resource).split(";[ ]*(\n|$)", -1))
        .map(String::strip)
        .filter(statement -> !statement.isEmpty())
        .toList();
  }

  static String read(String resource) throws IOException {
    try (InputStream stream = SqlFile.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(stream, resource).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
