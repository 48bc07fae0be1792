package io.mangonel.workbench.mutants;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A piece of a source file and what takes its place. White space does not matter when the piece is
 * looked for, so that a formatter's line breaks do not part a mutant from its code; nor does it
 * matter in which file of a package it is.
 *
 * @param where a file or a package: the end of its path
 * @param wanted what is there exactly once
 */
record SourceEdit(String where, String wanted, String replacement) {
  /** The text is not there, or more than once. */
  static final class MisfitException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MisfitException(String message) {
      super(message);
    }
  }

  private static final Pattern TOKEN = Pattern.compile("\\w+|[^\\w\\s]");

  /** How often the piece is in a source. */
  long count(String source) {
    return pattern().matcher(source).results().count();
  }

  /** The source with the piece, which is in it once, replaced. */
  String apply(String source) {
    return pattern().matcher(source).replaceFirst(Matcher.quoteReplacement(replacement));
  }

  private Pattern pattern() {
    List<String> tokens = new ArrayList<>();
    Matcher token = TOKEN.matcher(wanted);
    var pattern = new StringBuilder();
    while (token.find()) {
      String before = tokens.isEmpty() ? "" : tokens.getLast();
      if (!tokens.isEmpty()) {
        pattern.append(isWord(before) && isWord(token.group()) ? "\\s+" : "\\s*");
      }
      pattern.append(Pattern.quote(token.group()));
      tokens.add(token.group());
    }
    if (tokens.isEmpty()) {
      throw new MisfitException("nothing to look for in " + where);
    }
    return Pattern.compile(
        (isWord(tokens.getFirst()) ? "\\b" : "")
            + pattern
            + (isWord(tokens.getLast()) ? "\\b" : ""));
  }

  private static boolean isWord(String token) {
    return Character.isJavaIdentifierPart(token.charAt(0));
  }
}
