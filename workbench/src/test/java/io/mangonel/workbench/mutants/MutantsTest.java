package io.mangonel.workbench.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class MutantsTest {
  private static final int MUTANTS_MIN = 30;

  private final Sources sources = new Sources(Path.of("").toAbsolutePath().resolveSibling(""));

  @Test
  void everyMutantFitsTheSourcesAndCompiles() throws IOException {
    var mutants = Mutant.all(sources.mutants());
    assertThat(mutants).hasSizeGreaterThan(MUTANTS_MIN);
    Map<String, Optional<String>> misfits = new TreeMap<>();
    try (var laboratory = new Laboratory(sources, 0, 0)) {
      for (Mutant mutant : mutants) {
        misfits.put(mutant.name(), laboratory.misfit(mutant));
      }
    }
    misfits.values().removeIf(Optional::isEmpty);
    assertThat(misfits).isEmpty();
  }

  /** That each is caught only planting them tells. */
  @Test
  void everyRuleHasAMutantAndNoRowOfTheirPageNamesOneThatIsGone() throws IOException {
    var mutants = Mutant.all(sources.mutants());
    var rules = new TreeSet<>(MutantTable.RULES);
    mutants.forEach(mutant -> rules.removeAll(mutant.rules()));
    assertThat(rules).as("rules without a mutant").isEmpty();
    var page = Path.of("").toAbsolutePath().resolveSibling("docs").resolve("mutants.md");
    assertThat(MutantTable.read(page).stream().map(MutantTable.Row::mutant))
        .isNotEmpty()
        .isSubsetOf(mutants.stream().map(Mutant::name).toList());
  }

  @Test
  void theExplorerFindsAPlantedBug() throws IOException, InterruptedException {
    var planted =
        Mutant.all(sources.mutants()).stream()
            .filter(mutant -> mutant.name().equals("running-not-adopted"))
            .findFirst()
            .orElseThrow();
    try (var laboratory = new Laboratory(sources, 0, 0)) {
      assertThat(laboratory.explored(planted, 1, 5).orElse("")).contains("runs again");
    }
  }

  @Test
  void whiteSpaceDoesNotMatter() {
    var edit = new SourceEdit("core", "call(a, b);", "$1");
    assertThat(edit.apply("x.call(\n    a,\n    b);")).isEqualTo("x.$1");
    assertThat(edit.count("recall(a, b); calls(a, b);")).isZero();
  }

  @Test
  void whatIsNotThereOnceIsSaidToBeSo() throws IOException {
    assertThat(new SourceEdit("core", "a", "b").count("a = a;")).isEqualTo(2);
    var edit = new SourceEdit("core/owner", "nobody would write this", "");
    var nowhere = new Mutant("m", List.of("D1"), "s", List.of(edit));
    try (var laboratory = new Laboratory(sources, 0, 0)) {
      assertThat(laboratory.misfit(nowhere).orElse("")).startsWith("0 times in core/owner");
    }
  }

  @Test
  void aFileWithoutAnEditIsRefused() {
    assertThatThrownBy(() -> Mutant.parse("m", "D1: story\n"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
