package io.mangonel.core.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs every script; {@code -Dmangonel.rewrite=true} writes what happened instead of comparing. */
final class CoreScriptTest {
  static List<Path> scripts() throws IOException {
    return ScriptRunner.scripts(Path.of("src/test/resources/core"));
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void saysWhatHappens(Path script) throws IOException {
    String expected = Files.readString(script);
    String actual = ScriptRunner.run(script, expected);
    if (Boolean.getBoolean("mangonel.rewrite")) {
      Files.writeString(script, actual);
    }
    assertThat(actual).isEqualTo(expected);
  }
}
