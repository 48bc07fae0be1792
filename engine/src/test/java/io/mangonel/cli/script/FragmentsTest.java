package io.mangonel.cli.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FragmentsTest {
  @ParameterizedTest
  @MethodSource("scripts")
  void cutsOnlyWhereAStatementEnds(String script, List<String> statements) {
    assertThat(Fragments.statements(script)).isEqualTo(statements);
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

  @Test
  void linesWithABackslashAreCommandsWhereAStatementCouldBegin() throws Exception {
    String script =
        """
        -- a comment
        \\x
        SELECT 1;
        SELECT
          '\\n;' AS a
        ; SELECT 2; \\timing off
        ;
          \\d 'a b.csv'
        SELECT 3
        \\q
        """;
    assertThat(fragments(script))
        .containsExactly(
            new Fragment.Command("\\x", 2),
            new Fragment.Statement("SELECT 1", 3),
            new Fragment.Statement("SELECT\n  '\\n;' AS a", 4),
            new Fragment.Statement("SELECT 2", 6),
            new Fragment.Command("\\timing off", 6),
            new Fragment.Command("\\d 'a b.csv'", 8),
            new Fragment.Statement("SELECT 3\n\\q", 9));
  }

  @Test
  void aStatementIsThereAsSoonAsItsLineHasBeenRead() throws Exception {
    List<String> asked = new ArrayList<>();
    Reader lines =
        new BufferedReader(new StringReader("SELECT 1;\nSELECT 2;\n")) {
          @Override
          public String readLine() throws IOException {
            String line = super.readLine();
            asked.add(String.valueOf(line));
            return line;
          }
        };
    assertThat(new Fragments(lines).next()).contains(new Fragment.Statement("SELECT 1", 1));
    assertThat(asked).containsExactly("SELECT 1;");
  }

  private static List<Fragment> fragments(String script) throws IOException {
    Fragments fragments = new Fragments(new StringReader(script));
    List<Fragment> all = new ArrayList<>();
    for (Optional<Fragment> one = fragments.next(); one.isPresent(); one = fragments.next()) {
      all.add(one.get());
    }
    return all;
  }

  private static Arguments script(String script, String... statements) {
    return Arguments.of(script, List.of(statements));
  }
}
