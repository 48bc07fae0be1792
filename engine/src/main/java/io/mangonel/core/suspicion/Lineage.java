package io.mangonel.core.suspicion;

import io.mangonel.core.task.Incarnation;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a scheduler process was before it lost its key, and came back under another name (rule T2).
 *
 * @param names the last first, at most {@link SuspicionLimits#NAMES_MAX}; none of a process that is
 *     what it was from the beginning
 * @param off between whom and this process errors ended suspicion, by the name each had then
 */
public record Lineage(List<Incarnation> names, List<Incarnation> off) {
  public static final Lineage NONE = new Lineage(List.of(), List.of());

  public Lineage {
    names = List.copyOf(names);
    off = List.copyOf(off);
  }

  /** The last name. */
  public Optional<Incarnation> last() {
    return names.stream().findFirst();
  }

  /** With another one that took it for dead. */
  public Lineage wrongedBy(Incarnation suspecting) {
    return new Lineage(
        names, Stream.concat(Stream.of(suspecting), off.stream()).distinct().toList());
  }

  /**
   * That of whoever comes after {@code last}.
   *
   * @param offNow with whom there was an error, by then
   */
  public Lineage then(Incarnation last, Collection<Incarnation> offNow) {
    return new Lineage(names(last, names), List.copyOf(offNow));
  }

  /** All names of whoever comes after {@code last}, who had those {@code before}. */
  public static List<Incarnation> names(Incarnation last, List<Incarnation> before) {
    return Stream.concat(Stream.of(last), before.stream())
        .limit(SuspicionLimits.NAMES_MAX)
        .toList();
  }
}
