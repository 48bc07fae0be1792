package io.mangonel.catalog;

import io.mangonel.state.StateBackend.CommitOutcome;
import java.util.Optional;
import java.util.function.Supplier;

/** What became of a change of the catalogue or of a session. */
public sealed interface CatalogOutcome {
  record Done() implements CatalogOutcome {}

  /** One line for the user. */
  record Wrong(String message) implements CatalogOutcome {}

  /** The same change may be done when it is tried again. */
  record Retryable(String message) implements CatalogOutcome {}

  /** How often a change is made anew over what someone else wrote in between. */
  int ATTEMPTS_MAX = 10;

  /** Empty when what was read is no longer there: nothing was changed. */
  static Optional<CatalogOutcome> of(CommitOutcome outcome) {
    return switch (outcome) {
      case CommitOutcome.Done _ -> Optional.of(new Done());
      case CommitOutcome.Refused _ -> Optional.empty();
      case CommitOutcome.Unknown(String message) ->
          Optional.of(new Retryable("nobody knows whether it was changed: " + message));
      case CommitOutcome.NoSpace(String message) ->
          Optional.of(
              new Retryable(
                  "the state store is full, and nobody knows whether it was changed: " + message));
    };
  }

  /**
   * @param change reads, changes and commits; empty when someone else was faster
   */
  static CatalogOutcome attempt(Supplier<Optional<CatalogOutcome>> change) {
    for (int i = 0; i < ATTEMPTS_MAX; i++) {
      Optional<CatalogOutcome> outcome = change.get();
      if (outcome.isPresent()) {
        return outcome.get();
      }
    }
    return new Retryable("others change it all the time");
  }
}
