package io.mangonel.core.script;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Runs scripts without a test framework; {@code mutants} starts it against planted bugs. */
public final class ScriptRunner {
  private ScriptRunner() {}

  static List<Path> scripts(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
    }
  }

  /** The script with what its commands caused. */
  static String run(Path script, String text) {
    boolean owner = Objects.requireNonNull(script.getParent()).endsWith("owner");
    UnaryOperator<String> core = owner ? new OwnerScript()::apply : new AgentScript()::apply;
    var out = new StringBuilder();
    for (String block : text.strip().split("\n\n", -1)) {
      String command = block.split("\n----", -1)[0];
      String line =
          Arrays.stream(command.split("\n"))
              .filter(l -> !l.startsWith("#"))
              .findFirst()
              .orElseThrow();
      String caused = core.apply(line).strip();
      out.append(command).append("\n----\n").append(caused.isEmpty() ? "(nothing)" : caused);
      out.append("\n\n");
    }
    return out.toString().strip() + "\n";
  }

  /**
   * Runs every script below a directory; says which failed first, and ends with 1 then.
   *
   * @param arguments the directory
   */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    for (Path script : scripts(directory)) {
      String difference = difference(script);
      if (!difference.isEmpty()) {
        System.out.println("failed " + directory.relativize(script) + ": " + difference);
        System.exit(1);
      }
    }
  }

  private static String difference(Path script) throws IOException {
    String expected = Files.readString(script);
    try {
      String[] want = expected.split("\n", -1);
      String[] have = run(script, expected).split("\n", -1);
      int line = Arrays.mismatch(want, have);
      return line < 0
          ? ""
          : "line " + (line + 1) + " is: " + (line < have.length ? have[line] : "the end");
    } catch (RuntimeException broken) {
      return broken.toString();
    }
  }
}
