package io.mangonel.workbench.verify;

import java.util.Optional;

/** What became of a statement. */
sealed interface Verdict {
  /** Answered as by plain DuckDB, or refused as by it. */
  record Right(int stages) implements Verdict {}

  /** Right, as one task on one executor. */
  record Whole(String reason) implements Verdict {}

  /** Plain DuckDB answers, the cluster does not. */
  record Refused(String message) implements Verdict {}

  record Wrong(String difference) implements Verdict {}

  /** What there is to say about it. */
  default Optional<String> line() {
    return switch (this) {
      case Right _ -> Optional.empty();
      case Whole(String reason) -> Optional.of("whole: " + reason);
      case Refused(String message) -> Optional.of("ERROR: " + message);
      case Wrong(String difference) -> Optional.of("WRONG: " + difference);
    };
  }
}
