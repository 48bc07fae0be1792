package io.mangonel.catalog;

import io.mangonel.state.StateBackend.CommitOutcome;

/** What became of a change of the catalogue or of a session. */
public sealed interface CatalogOutcome {
  record Done() implements CatalogOutcome {}

  /** One line for the user. */
  record Wrong(String message) implements CatalogOutcome {}

  /** The same change may be done when it is tried again. */
  record Retryable(String message) implements CatalogOutcome {}

  static CatalogOutcome of(CommitOutcome outcome) {
    return switch (outcome) {
      case CommitOutcome.Done _ -> new Done();
      case CommitOutcome.Refused _ -> new Retryable("someone else changed it at the same time");
      case CommitOutcome.Unknown(String message) ->
          new Retryable("nobody knows whether it was changed: " + message);
      case CommitOutcome.NoSpace(String message) ->
          new Retryable("the state store is full: " + message);
    };
  }
}
