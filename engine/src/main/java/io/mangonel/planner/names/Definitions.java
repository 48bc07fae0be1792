package io.mangonel.planner.names;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.RandomAccess;

/**
 * What names mean, in order of creation, and found by name: a statement is not slower where there
 * are a thousand views. Immutable.
 */
public final class Definitions extends AbstractList<Definition> implements RandomAccess {
  private final List<Definition> shared;
  private final List<Definition> own;
  private final Map<String, List<Definition>> sharedByName;
  private final Map<String, List<Definition>> ownByName;

  private Definitions(
      List<Definition> shared, Map<String, List<Definition>> sharedByName, List<Definition> own) {
    this.shared = shared;
    this.sharedByName = sharedByName;
    this.own = own;
    this.ownByName = byName(own);
  }

  /** The list itself when it is one already. */
  public static Definitions of(List<Definition> all) {
    if (all instanceof Definitions known) {
      return known;
    }
    List<Definition> copy = List.copyOf(all);
    return new Definitions(copy, byName(copy), List.of());
  }

  /** These and then {@code more}, without looking at these again. */
  public Definitions and(List<Definition> more) {
    List<Definition> later = new ArrayList<>(own);
    later.addAll(more);
    return more.isEmpty() ? this : new Definitions(shared, sharedByName, List.copyOf(later));
  }

  private static Map<String, List<Definition>> byName(List<Definition> all) {
    Map<String, List<Definition>> found = new HashMap<>();
    for (Definition each : all) {
      found.computeIfAbsent(key(each.name()), _ -> new ArrayList<>()).add(each);
    }
    return found;
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Those of this name, in any case, in order of creation. */
  List<Definition> named(String name) {
    List<Definition> first = sharedByName.getOrDefault(key(name), List.of());
    List<Definition> then = ownByName.getOrDefault(key(name), List.of());
    if (then.isEmpty()) {
      return first;
    }
    List<Definition> both = new ArrayList<>(first);
    both.addAll(then);
    return both;
  }

  @Override
  public Definition get(int index) {
    return index < shared.size() ? shared.get(index) : own.get(index - shared.size());
  }

  @Override
  public int size() {
    return shared.size() + own.size();
  }
}
