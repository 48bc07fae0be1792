package io.mangonel.workbench.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mangonel.cli.options.CommandFailure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ExploreCommandTest {
  @ParameterizedTest
  @CsvSource({"--depth,0,1", "--depth,-1,1", "--faults,-1,0", "--states,0,1", "--deaths-every,0,1"})
  void whatWouldExploreNothingIsWrongUse(String option, int value, int min) {
    var command = new ExploreCommand();
    var _ = new CommandLine(command).parseArgs(option, String.valueOf(value));
    assertThatThrownBy(command::call)
        .isInstanceOfSatisfying(
            CommandFailure.class,
            failure -> assertThat(failure.exitCode()).isEqualTo(CommandFailure.USAGE))
        .hasMessage(option + " must be at least " + min + ", it is " + value);
  }
}
