package io.mangonel.cli.shell;

import io.mangonel.cli.script.Fragments;
import io.mangonel.planner.text.Token;
import io.mangonel.planner.text.Tokens;
import java.util.List;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/** Tells the line editor where a statement ends, and what word the cursor is in. */
final class ShellParser implements Parser {
  @Override
  public ParsedLine parse(String line, int cursor, ParseContext context) {
    boolean ends = context == ParseContext.ACCEPT_LINE || context == ParseContext.SECONDARY_PROMPT;
    if (ends && !isComplete(line)) {
      Tokens.Open open = Tokens.scan(line).open();
      throw new EOFError(-1, -1, "the statement goes on", mark(open));
    }
    Place place = Place.of(line.substring(0, cursor));
    return new Line(line, cursor, place.word());
  }

  /** Whether Enter runs it: a command, nothing at all, or statements that have all ended. */
  static boolean isComplete(String text) {
    if (Fragments.isCommand(text) || text.isBlank()) {
      return true;
    }
    Tokens.Scan scan = Tokens.scan(text);
    List<Token> tokens = scan.tokens();
    boolean ended = tokens.isEmpty() || tokens.getLast().isSymbol(';');
    return ended && scan.open() == Tokens.Open.NOTHING;
  }

  /** What the prompt shows of the thing that is not closed. */
  private static String mark(Tokens.Open open) {
    return switch (open) {
      case NOTHING -> "-";
      case STRING -> "'";
      case QUOTED_IDENTIFIER -> "\"";
      case DOLLAR_QUOTE -> "$";
      case COMMENT -> "*";
    };
  }

  /** The word in front of the cursor is what a completion replaces. */
  private record Line(String line, int cursor, String word) implements CompletingParsedLine {
    @Override
    public int wordCursor() {
      return word.length();
    }

    @Override
    public int wordIndex() {
      return 0;
    }

    @Override
    public List<String> words() {
      return List.of(word);
    }

    @Override
    public CharSequence escape(CharSequence candidate, boolean complete) {
      return candidate;
    }

    @Override
    public int rawWordCursor() {
      return word.length();
    }

    @Override
    public int rawWordLength() {
      return word.length();
    }
  }
}
