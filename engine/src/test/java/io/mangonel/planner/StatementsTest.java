package io.mangonel.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.planner.names.Definition;
import io.mangonel.planner.stage.QueryPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Statements of every kind, and what the planner takes them for: {@code planner/statements/*.txt}.
 * A case is a statement, a line {@code ----}, and the answer; cases are apart by a line {@code
 * ====}. With {@code -Dmangonel.update=true} the answers are written anew.
 */
class StatementsTest {
  private static final Path CASES = Path.of("src/test/resources/planner/statements");

  @TempDir static Path directory;
  private static Planner planner;

  @BeforeAll
  static void open() throws SQLException, IOException {
    PlannerFiles.write(directory);
    planner = Planner.open(List.of(directory));
  }

  @AfterAll
  static void close() {
    planner.close();
  }

  @TestFactory
  Stream<DynamicTest> statements() throws IOException {
    var tests = new ArrayList<DynamicTest>();
    try (Stream<Path> files = Files.list(CASES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".txt")).sorted().toList()) {
        tests.addAll(casesOf(file));
      }
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }

  private static List<DynamicTest> casesOf(Path file) throws IOException {
    var tests = new ArrayList<DynamicTest>();
    var rewritten = new ArrayList<String>();
    for (String text : Files.readString(file).split("\n====\n", -1)) {
      String[] parts = text.strip().split("\n----\n", 2);
      String statement = parts[0];
      String expected = parts.length > 1 ? parts[1].strip() : "";
      if (Boolean.getBoolean("mangonel.update")) {
        rewritten.add(statement + "\n----\n" + answer(statement));
      } else {
        String name = file.getFileName() + ": " + statement.lines().findFirst().orElse("");
        tests.add(
            DynamicTest.dynamicTest(name, () -> assertThat(answer(statement)).isEqualTo(expected)));
      }
    }
    if (!rewritten.isEmpty()) {
      Files.writeString(file, String.join("\n====\n", rewritten) + "\n");
      tests.add(
          DynamicTest.dynamicTest(file + " written", () -> assertThat(rewritten).isNotEmpty()));
    }
    return tests;
  }

  private static String answer(String statement) {
    var views =
        List.of(
            view("orders", "FROM '" + directory + "/orders/*.parquet'"),
            view("rich", "SELECT id, price FROM orders WHERE price > 100"),
            view("Mixed Case", "SELECT 1 AS \"Some Column\""));
    var settings = new TreeMap<String, String>();
    settings.put("TimeZone", "Asia/Tokyo");
    var request =
        new PlanRequest(
            statement.replace("{dir}", directory.toString()),
            settings,
            views,
            directory.toString(),
            2,
            2);
    return text(planner.plan(request)).replace(directory.toString(), "{dir}").strip();
  }

  private static Definition view(String name, String body) {
    return Definition.view(name, "CREATE VIEW \"" + name + "\" AS " + body);
  }

  private static String text(PlanResult result) {
    return switch (result) {
      case PlanResult.Query query -> "query\n" + columns(query.plan());
      case PlanResult.Explain _ -> "explain";
      case PlanResult.Create create ->
          "create "
              + create.definition().kind().title()
              + " "
              + create.definition().name()
              + flags(create)
              + "\n"
              + create.definition().createSql();
      case PlanResult.Drop drop ->
          "drop "
              + drop.kind().title()
              + " "
              + drop.name()
              + (drop.ifExists() ? " if exists" : "")
              + (drop.cascade() ? " cascade" : "");
      case PlanResult.Done _ -> "done";
      case PlanResult.Set set -> "set " + set.name() + " to " + set.value();
      case PlanResult.Rejected rejected -> "rejected\n" + rejected.message();
    };
  }

  private static String flags(PlanResult.Create create) {
    return (create.orReplace() ? " or replace" : "")
        + (create.ifNotExists() ? " if not exists" : "")
        + (create.definition().temporary() ? " temporary" : "");
  }

  private static String columns(QueryPlan plan) {
    return plan.columns().stream()
        .map(
            column ->
                column.name()
                    + ": "
                    + column.type()
                    + (column.type().equals(column.clientType())
                        ? ""
                        : " as " + column.clientType()))
        .collect(Collectors.joining("\n"));
  }
}
