package io.mangonel.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.print.RelationText;
import io.mangonel.planner.print.SqlPrinter;
import io.mangonel.planner.prune.ColumnPruning;
import io.mangonel.planner.read.ReadOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of blocks: a statement, what was read from its plan, what pruning left of it, and the SQL
 * printed from that. {@code -Dmangonel.rewrite=true} rewrites the files.
 */
class PlanTextTest {
  private static final String RULE = "\n----\n";
  private static final String END = "\n====\n\n";

  @ParameterizedTest
  @ValueSource(strings = {"read", "prune", "print", "whole"})
  void isAsWritten(String name) throws SQLException, IOException {
    String text = SqlFile.read("/planner/" + name + ".txt");
    StringBuilder actual = new StringBuilder();
    try (PlanningDatabase database = PlanningDatabase.ofTestTables()) {
      for (String block : text.split(END, -1)) {
        String statement = block.split(RULE, -1)[0].strip();
        if (statement.isEmpty()) {
          continue;
        }
        actual.append(statement).append(RULE).append(phases(database, statement)).append(END);
      }
    }
    if (Boolean.getBoolean("mangonel.rewrite")) {
      Path file = Path.of("src/test/resources/planner", name + ".txt");
      Files.writeString(file, actual, StandardCharsets.UTF_8);
    }
    assertThat(actual.toString()).isEqualTo(text);
  }

  private static String phases(PlanningDatabase database, String statement) throws SQLException {
    ReadOutcome outcome = database.plan(statement);
    return switch (outcome) {
      case ReadOutcome.Plan(var relation) -> {
        Relation pruned = ColumnPruning.prune(relation);
        List<String> phases = new ArrayList<>();
        phases.add(RelationText.of(relation));
        if (!pruned.equals(relation)) {
          phases.add(RelationText.of(pruned));
        }
        phases.add(SqlPrinter.print(pruned));
        yield String.join(RULE, phases);
      }
      case ReadOutcome.Unsupported(var reason) -> "whole: " + reason;
      case ReadOutcome.NoPlan(var type, var message) ->
          "no plan: " + type + ": " + message.lines().findFirst().orElse("");
    };
  }
}
