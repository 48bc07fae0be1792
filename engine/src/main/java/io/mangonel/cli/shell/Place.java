package io.mangonel.cli.shell;

import io.mangonel.cli.script.Fragments;
import io.mangonel.planner.text.Token;
import io.mangonel.planner.text.Tokens;
import java.util.List;
import java.util.Set;

/** What is being typed at the end of a text. */
sealed interface Place {
  /** The part of it that is there already. */
  String word();

  /** The name of a backslash command. */
  record CommandName(String word) implements Place {}

  /** What a backslash command gets. */
  record CommandArgument(String command, String word) implements Place {}

  /** Inside a string: a file, or a value of {@code setting} when that is not empty. */
  record Quoted(String setting, String word) implements Place {}

  /** The name of a setting. */
  record Setting(String word) implements Place {}

  /** A table, after FROM and the like; {@code quoted} when a quote is open. */
  record Table(boolean quoted, String word) implements Place {}

  /** A column of {@code qualifier}, a table or its alias. */
  record Member(String qualifier, String word) implements Place {}

  /** Anything else. */
  record Anything(boolean quoted, String word) implements Place {}

  Set<String> BEFORE_TABLE =
      Set.of("FROM", "JOIN", "INTO", "TABLE", "VIEW", "DESCRIBE", "SUMMARIZE");

  /**
   * @param text up to the cursor
   */
  static Place of(String text) {
    if (Fragments.isCommand(text)) {
      return ofCommand(text.stripLeading());
    }
    Tokens.Scan scan = Tokens.scan(text);
    List<Token> all = scan.tokens();
    int statement = 0;
    for (int i = 0; i < all.size(); i++) {
      statement = all.get(i).isSymbol(';') ? i + 1 : statement;
    }
    List<Token> tokens = all.subList(statement, all.size());
    return switch (scan.open()) {
      case STRING -> {
        Token string = tokens.getLast();
        int content = text.indexOf('\'', string.start()) + 1;
        yield new Quoted(assigned(tokens), text.substring(content));
      }
      case DOLLAR_QUOTE, COMMENT -> new Quoted("", "");
      case QUOTED_IDENTIFIER -> {
        Token name = tokens.getLast();
        List<Token> before = tokens.subList(0, tokens.size() - 1);
        yield isBeforeTable(before)
            ? new Table(true, text.substring(name.start() + 1))
            : new Anything(true, text.substring(name.start() + 1));
      }
      case NOTHING -> ofWord(tokens, text);
    };
  }

  private static Place ofCommand(String text) {
    int blank = text.indexOf(' ');
    if (blank < 0) {
      return new CommandName(text);
    }
    return new CommandArgument(text.substring(0, blank), text.substring(blank + 1).stripLeading());
  }

  private static Place ofWord(List<Token> tokens, String text) {
    boolean inWord =
        !tokens.isEmpty()
            && tokens.getLast().kind() == Token.Kind.WORD
            && tokens.getLast().end() == text.length();
    String word = inWord ? tokens.getLast().value() : "";
    List<Token> before = inWord ? tokens.subList(0, tokens.size() - 1) : tokens;
    if (before.size() > 1 && before.getLast().isSymbol('.')) {
      return new Member(before.get(before.size() - 2).value(), word);
    }
    if (before.size() == 1 && (before.getFirst().is("SET") || before.getFirst().is("RESET"))) {
      return new Setting(word);
    }
    return isBeforeTable(before) ? new Table(false, word) : new Anything(false, word);
  }

  private static boolean isBeforeTable(List<Token> tokens) {
    return !tokens.isEmpty() && BEFORE_TABLE.stream().anyMatch(tokens.getLast()::is);
  }

  /** The setting in {@code SET name = '...}. */
  private static String assigned(List<Token> tokens) {
    return tokens.size() > 2 && tokens.getFirst().is("SET") ? tokens.get(1).value() : "";
  }
}
