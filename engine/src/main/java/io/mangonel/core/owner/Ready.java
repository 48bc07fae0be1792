package io.mangonel.core.owner;

import io.mangonel.core.record.Commit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a core decided since it was asked last. Commit and effects do not wait for one another.
 *
 * @param commit to be sent to the store now, or null; possibly one that was sent before
 * @param effects to be performed now, in the order in which they were decided
 */
public record Ready(@Nullable Commit commit, List<Effect> effects) {
  public Ready {
    effects = List.copyOf(effects);
  }

  public boolean isEmpty() {
    return commit == null && effects.isEmpty();
  }
}
