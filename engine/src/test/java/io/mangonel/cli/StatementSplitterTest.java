package io.mangonel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StatementSplitterTest {
  @ParameterizedTest
  @MethodSource("scripts")
  void cutsOnlyWhereAStatementEnds(String script, List<String> statements) {
    assertThat(StatementSplitter.split(script)).isEqualTo(statements);
  }

  static Stream<Arguments> scripts() {
    return Stream.of(
        script("SELECT 1", "SELECT 1"),
        script("SELECT 1;", "SELECT 1"),
        script(" SET a = 1 ;\n SELECT 2 ; ", "SET a = 1", "SELECT 2"),
        script(""),
        script(" ; ;; "),
        script("-- nothing; here\n/* nor; here */ ;"),
        script("SELECT ';' ; SELECT 'it''s; '", "SELECT ';'", "SELECT 'it''s; '"),
        script("SELECT \"a;\"\"b\"; SELECT 2", "SELECT \"a;\"\"b\"", "SELECT 2"),
        script("SELECT 1 -- one; two\n; SELECT 2", "SELECT 1 -- one; two", "SELECT 2"),
        script("SELECT /* ; */ 1; SELECT 2", "SELECT /* ; */ 1", "SELECT 2"),
        script("SELECT $$a;b$$; SELECT 2", "SELECT $$a;b$$", "SELECT 2"),
        script("SELECT $x$a;$$;b$x$; SELECT 2", "SELECT $x$a;$$;b$x$", "SELECT 2"),
        script("SELECT $1; SELECT 2", "SELECT $1", "SELECT 2"),
        script("SELECT E'a\\';b'; SELECT 2", "SELECT E'a\\';b'", "SELECT 2"),
        script("SELECT 'a\\'; SELECT 2", "SELECT 'a\\'", "SELECT 2"),
        script("SELECT name'x\\'; SELECT 2", "SELECT name'x\\'", "SELECT 2"),
        script("SELECT 'open; SELECT 2", "SELECT 'open; SELECT 2"));
  }

  private static Arguments script(String script, String... statements) {
    return Arguments.of(script, List.of(statements));
  }
}
