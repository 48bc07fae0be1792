package io.mangonel.planner.distribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.planner.read.ReadOutcome;
import io.mangonel.planner.stage.PlanText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Statements and the EXPLAIN text of their plans: a file with mode, slots and SQL, a line {@code
 * ----}, and the text. {@code -Dgolden.update=true} writes the texts anew.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlanGoldenTest {
  private static final Path CASES = Path.of("src/test/resources/distribute/plans");
  private static final String RULE = "----\n";

  @TempDir static Path directory;
  private Planning planning;

  @BeforeAll
  void load() throws SQLException, IOException {
    planning = SmallTables.in(directory);
  }

  @AfterAll
  void close() throws SQLException {
    planning.close();
  }

  static List<Path> cases() throws IOException {
    try (Stream<Path> files = Files.list(CASES)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void plansAsWritten(Path file) throws IOException, SQLException {
    String content = Files.readString(file);
    String question = content.substring(0, content.indexOf(RULE));
    String first = question.lines().findFirst().orElseThrow();
    int space = first.indexOf(' ');
    JoinMode mode = JoinMode.valueOf(first.substring(0, space));
    int slots = Integer.parseInt(first.substring(space + 1));
    String sql = question.substring(first.length() + 1).strip();
    ReadOutcome read = planning.read(sql);
    assertThat(read).isInstanceOf(ReadOutcome.Plan.class);
    DistributeOutcome outcome =
        QueryDistributor.distribute(
            Planning.request(((ReadOutcome.Plan) read).relation(), planning.tables(), slots, mode));
    String text =
        switch (outcome) {
          case DistributeOutcome.Stages(var plan) -> PlanText.of(plan);
          case DistributeOutcome.Unsupported(var reason) -> "not distributed: " + reason + "\n";
        };
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(file, question + RULE + text);
    }
    assertThat(Files.readString(file)).isEqualTo(question + RULE + text);
  }
}
