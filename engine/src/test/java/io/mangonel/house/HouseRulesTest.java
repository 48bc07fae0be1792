package io.mangonel.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The sources keep the rules. */
class HouseRulesTest {
  private static List<SourceFile> files = List.of();

  @BeforeAll
  static void read() throws IOException {
    files = SourceFile.ofRepository();
    assertThat(files).hasSizeGreaterThan(50);
  }

  @Test
  void packagesImportOnlyWhatTheDesignAllows() {
    assertThat(Layout.directions(files)).isEmpty();
    assertThat(Layout.unlistedPackages(files)).isEmpty();
  }

  @Test
  void packagesAreSmall() {
    assertThat(Layout.sizes(files)).isEmpty();
  }

  @Test
  void packagesHaveNoCycles() {
    assertThat(Layout.cycles(files)).isEmpty();
  }

  @Test
  void packagesAreNullMarked() {
    assertThat(Layout.nullMarked(files)).isEmpty();
  }

  @Test
  void filesAndLinesAreShort() {
    assertThat(Shape.files(files)).isEmpty();
  }

  @Test
  void methodsAreShortAndTakeFewParameters() {
    assertThat(Shape.methods(files)).isEmpty();
  }

  @Test
  void switchesOverTypesNameThemAll() {
    assertThat(Shape.defaults(files)).isEmpty();
  }

  @Test
  void noBannedWords() {
    assertThat(Wording.violations(files)).isEmpty();
  }

  @Test
  void interfacesHaveTwoImplementations() {
    assertThat(Interfaces.violations(files)).isEmpty();
  }

  @Test
  void everyFileIsFormatted() {
    assertThat(Format.violations(files)).isEmpty();
  }
}
