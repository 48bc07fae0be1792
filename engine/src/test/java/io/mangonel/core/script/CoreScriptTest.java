package io.mangonel.core.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs every script; {@code -Dmangonel.rewrite=true} writes what happened instead of comparing. */
final class CoreScriptTest {
  private static final Path SCRIPTS = Path.of("src/test/resources/core");

  static List<Path> scripts() throws IOException {
    try (Stream<Path> files = Files.walk(SCRIPTS)) {
      return files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void saysWhatHappens(Path script) throws IOException {
    String expected = Files.readString(script);
    String actual = run(script, expected);
    if (Boolean.getBoolean("mangonel.rewrite")) {
      Files.writeString(script, actual);
    }
    assertThat(actual).isEqualTo(expected);
  }

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
}
