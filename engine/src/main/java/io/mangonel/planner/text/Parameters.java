package io.mangonel.planner.text;

import io.mangonel.planner.text.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * The parameters of a statement: {@code ?}, {@code $1} and {@code $name}. They count from 1: a
 * {@code ?} by its place, a named one by the place of its first use.
 */
public final class Parameters {
  /** Digits of a number that can be meant as one. */
  private static final int DIGITS_MAX = 5;

  private final String sql;
  private final List<Place> places = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private int count;
  private boolean numbered;

  /** Where parameter {@code number} stands. */
  private record Place(int start, int end, int number) {}

  private Parameters(String sql) {
    this.sql = sql;
    List<Token> tokens = Tokens.of(sql);
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (token.isSymbol('?') || token.isSymbol('$')) {
        boolean adjacent = i + 1 < tokens.size() && tokens.get(i + 1).start() == token.end();
        add(token, adjacent ? tokens.get(i + 1) : token);
      }
    }
  }

  public static Parameters of(String sql) {
    return new Parameters(sql);
  }

  private void add(Token mark, Token next) {
    boolean number =
        next.kind() == Kind.NUMBER
            && next.value().length() <= DIGITS_MAX
            && next.value().chars().allMatch(Character::isDigit);
    numbered |= number || mark.isSymbol('?');
    if (number) {
      place(mark.start(), next.end(), Integer.parseInt(next.value()));
    } else if (mark.isSymbol('?')) {
      place(mark.start(), mark.end(), count + 1);
    } else if (next.kind() == Kind.WORD) {
      place(mark.start(), next.end(), named(next.value().toLowerCase(Locale.ROOT)));
    }
  }

  private int named(String name) {
    if (!names.contains(name)) {
      names.add(name);
    }
    return names.indexOf(name) + 1;
  }

  private void place(int start, int end, int number) {
    places.add(new Place(start, end, number));
    count = Math.max(count, number);
  }

  public int count() {
    return count;
  }

  /** Whether some have names and others have not, which has no meaning. */
  public boolean isMixed() {
    return !names.isEmpty() && numbered;
  }

  /** The name of a parameter, its number where it has none. */
  public String name(int number) {
    return number <= names.size() ? names.get(number - 1) : Integer.toString(number);
  }

  /** The statement with every parameter written as {@code $number}. */
  public String numbered() {
    return replaced(number -> "$" + number);
  }

  /**
   * The statement with values in place of its parameters.
   *
   * @param literals expressions as SQL, one for each parameter
   */
  public String bound(List<String> literals) {
    return replaced(number -> literals.get(number - 1));
  }

  private String replaced(IntFunction<String> text) {
    var edits = new TextEdits(sql);
    for (Place place : places) {
      if (place.number > 0) {
        edits.replace(place.start, place.end, text.apply(place.number));
      }
    }
    return edits.edited();
  }
}
