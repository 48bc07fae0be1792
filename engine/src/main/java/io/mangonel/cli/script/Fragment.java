package io.mangonel.cli.script;

/** What a script is made of. */
public sealed interface Fragment {
  /** Number of the line on which it begins, from 1. */
  int line();

  /** One SQL statement, without its semicolon. */
  record Statement(String sql, int line) implements Fragment {}

  /**
   * A line that begins with a backslash.
   *
   * @param text of the whole line
   */
  record Command(String text, int line) implements Fragment {}
}
