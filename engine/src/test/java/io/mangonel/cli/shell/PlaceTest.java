package io.mangonel.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PlaceTest {
  @ParameterizedTest
  @MethodSource("places")
  void knowsWhatIsBeingTyped(String text, Place place) {
    assertThat(Place.of(text)).isEqualTo(place);
  }

  static Stream<Arguments> places() {
    return Stream.of(
        Arguments.of("", new Place.Anything(false, "")),
        Arguments.of("sel", new Place.Anything(false, "sel")),
        Arguments.of("SELECT ", new Place.Anything(false, "")),
        Arguments.of("SELECT a, na", new Place.Anything(false, "na")),
        Arguments.of("SELECT t.", new Place.Member("t", "")),
        Arguments.of("SELECT t.na", new Place.Member("t", "na")),
        Arguments.of("SELECT \"t x\".na", new Place.Member("t x", "na")),
        Arguments.of("SELECT \"my co", new Place.Anything(true, "my co")),
        Arguments.of("SELECT * FROM ", new Place.Table(false, "")),
        Arguments.of("SELECT * FROM a JOIN b", new Place.Table(false, "b")),
        Arguments.of("FROM \"my ta", new Place.Table(true, "my ta")),
        Arguments.of("FROM 'data/x", new Place.Quoted("", "data/x")),
        Arguments.of("SELECT 1; SET ", new Place.Setting("")),
        Arguments.of("SET mangonel_j", new Place.Setting("mangonel_j")),
        Arguments.of("RESET m", new Place.Setting("m")),
        Arguments.of("SET mangonel_join_mode = 'ha", new Place.Quoted("mangonel_join_mode", "ha")),
        Arguments.of("SELECT /* from ", new Place.Quoted("", "")),
        Arguments.of("SELECT 'it''s' AS fro", new Place.Anything(false, "fro")),
        Arguments.of("\\ti", new Place.CommandName("\\ti")),
        Arguments.of("\\d peo", new Place.CommandArgument("\\d", "peo")),
        Arguments.of("\\i my dir/x", new Place.CommandArgument("\\i", "my dir/x")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          SELECT 1;               | true
          SELECT 1                | false
          SELECT 1; SELECT 2      | false
          SELECT 1; SELECT 2;     | true
          SELECT 1; -- done       | true
          SELECT ';               | false
          SELECT ';';             | true
          SELECT $$ ;             | false
          SELECT $a$ ; $a$;       | true
          SELECT "a;              | false
          SELECT 1; /* more       | false
          -- nothing              | true
          \\d                      | true
          """)
  void knowsWhereAStatementEnds(String text, boolean complete) {
    assertThat(ShellParser.isComplete(text)).isEqualTo(complete);
  }
}
