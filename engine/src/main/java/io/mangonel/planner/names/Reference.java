package io.mangonel.planner.names;

import java.util.Comparator;
import java.util.Locale;

/**
 * A name in a statement, in lower case.
 *
 * @param schema empty where the statement names none
 */
public record Reference(String schema, String name) implements Comparable<Reference> {
  private static final Comparator<Reference> ORDER =
      Comparator.comparing(Reference::schema).thenComparing(Reference::name);

  public Reference {
    schema = schema.toLowerCase(Locale.ROOT);
    name = name.toLowerCase(Locale.ROOT);
  }

  @Override
  public int compareTo(Reference other) {
    return ORDER.compare(this, other);
  }
}
