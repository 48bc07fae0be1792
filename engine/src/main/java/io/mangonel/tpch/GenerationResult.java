package io.mangonel.tpch;

import java.nio.file.Path;

/** How a generation ended. */
public sealed interface GenerationResult {
  /** The data is there and complete; {@code rows} over all tables. */
  record Generated(Path directory, long rows) implements GenerationResult {}

  /** Complete data of the same scale factor and number of parts was there already. */
  record Reused(Path directory, long rows) implements GenerationResult {}

  /** Nothing was changed; one line for a person, which says what to do. */
  record Refused(String message) implements GenerationResult {}
}
