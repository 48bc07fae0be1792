package io.mangonel.planner.distribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.planner.read.ReadOutcome;
import io.mangonel.planner.stage.PlanText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Statements, what is made of them when they are distributed and cut, and the EXPLAIN text of their
 * plans: a file with mode, slots, settings of the session and SQL, a line {@code ----}, and the
 * text. {@code -Dgolden.update=true} writes the texts anew.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlanGoldenTest {
  private static final Path PLANS = Path.of("src/test/resources/distribute/plans");
  private static final Path CUTS = Path.of("src/test/resources/distribute/cuts");
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

  static List<Path> plans() throws IOException {
    return files(PLANS);
  }

  static List<Path> cuts() throws IOException {
    return files(CUTS);
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("plans")
  void plansAsWritten(Path file) throws IOException, SQLException {
    check(
        file,
        request ->
            switch (QueryDistributor.distribute(request)) {
              case DistributeOutcome.Stages(var plan) -> PlanText.of(plan);
              case DistributeOutcome.Unsupported(var reason) -> "not distributed: " + reason + "\n";
            });
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void cutsAsWritten(Path file) throws IOException, SQLException {
    check(file, request -> DistributedText.of(QueryDistributor.cut(request, request.slots())));
  }

  private void check(Path file, Function<DistributeRequest, String> phase)
      throws IOException, SQLException {
    String content = Files.readString(file);
    String question = content.substring(0, content.indexOf(RULE));
    List<String> head = List.of(question.lines().findFirst().orElseThrow().split(" ", -1));
    String sql = question.substring(question.indexOf('\n') + 1).strip();
    ReadOutcome read = planning.read(sql, head.subList(2, head.size()));
    assertThat(read).isInstanceOf(ReadOutcome.Plan.class);
    String text =
        phase.apply(
            Planning.request(
                ((ReadOutcome.Plan) read).relation(),
                planning.tables(),
                Integer.parseInt(head.get(1)),
                JoinMode.valueOf(head.getFirst())));
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(file, question + RULE + text);
    }
    assertThat(Files.readString(file)).isEqualTo(question + RULE + text);
  }
}
