package io.mangonel.workbench.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.options.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Figures for programs. */
final class JsonFile {
  private JsonFile() {}

  /** Writes it whole, with the folders it needs. */
  static void write(Path file, JsonNode json) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, json.toPrettyString() + "\n");
    } catch (IOException e) {
      throw CommandFailure.failed("cannot write " + file + ": " + e.getMessage());
    }
  }
}
