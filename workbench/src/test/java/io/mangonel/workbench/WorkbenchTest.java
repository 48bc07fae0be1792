package io.mangonel.workbench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The launcher decides by name which commands need this module. */
class WorkbenchTest {
  @Test
  void theLauncherKnowsEveryCommand() throws Exception {
    String launcher = Files.readString(Path.of("../mangonel"));
    Matcher list =
        Pattern.compile("\\n  ([a-z |-]+)\\)\\n    modules='engine workbench'\\n")
            .matcher(launcher);
    assertThat(list.find()).as("the list of names in ../mangonel").isTrue();
    var commands = Workbench.class.getAnnotation(Command.class).subcommands();
    assertThat(list.group(1).split(" \\| "))
        .containsExactlyInAnyOrder(
            Arrays.stream(commands)
                .map(command -> CommandLine.Model.CommandSpec.forAnnotatedObject(command).name())
                .toArray(String[]::new));
  }
}
