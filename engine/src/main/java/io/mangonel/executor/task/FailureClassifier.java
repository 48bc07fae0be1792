package io.mangonel.executor.task;

import io.mangonel.core.task.Failure;
import io.mangonel.core.task.TaskAttemptId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a message of DuckDB means for the task. Its errors have no codes: the words before the first
 * colon tell the kind, and a path tells whose file it was.
 */
final class FailureClassifier {
  /** The statement or its data is wrong; another try gives the same. */
  private static final List<String> USER_ERRORS =
      List.of(
          "Binder",
          "Catalog",
          "Parser",
          "Syntax",
          "Conversion",
          "Out of Range",
          "Invalid Input",
          "Constraint",
          "Invalid Type",
          "Mismatch Type",
          "Divide by Zero",
          "Decimal",
          "Expression",
          "Sequence",
          "Dependency",
          "Settings",
          "Invalid Configuration",
          "Parameter Not Resolved",
          "Parameter Not Allowed",
          "Missing Extension",
          "Extension Autoloading",
          "Not implemented",
          "Permission");

  /** A limit of this machine, whatever the kind of error it shows up in. */
  private static final List<String> EXHAUSTED =
      List.of(
          "No space left on device",
          "Disk quota exceeded",
          "max_temp_directory_size",
          "Too many open files",
          "Cannot allocate memory");

  /** An input that is not there, or may not be read, is the user's to put right. */
  private static final List<String> MISSING =
      List.of(
          "No files found that match the pattern",
          "No such file or directory",
          "Permission denied",
          "Is a directory");

  /** DuckDB's messages quote values, however long they are; a report is kept in the store. */
  static final int MESSAGE_CHARS_MAX = 64 << 10;

  private FailureClassifier() {}

  /**
   * @param message DuckDB's, with or without its kind in front
   * @param shuffleInputs absolute paths of the shuffle files the task read, and their producers
   */
  static Failure classify(String message, Map<String, TaskAttemptId> shuffleInputs) {
    Failure failure = failure(message, shuffleInputs);
    return message.length() <= MESSAGE_CHARS_MAX
        ? failure
        : failure.withMessage(
            message.substring(0, MESSAGE_CHARS_MAX)
                + "... ("
                + message.length()
                + " characters in all)");
  }

  private static Failure failure(String message, Map<String, TaskAttemptId> shuffleInputs) {
    String kind = kind(message);
    if (kind.equals("INTERRUPT")) {
      return new Failure.Killed(message);
    }
    if (kind.equals("Out of Memory") || EXHAUSTED.stream().anyMatch(message::contains)) {
      return new Failure.ResourceExhausted(message);
    }
    Optional<TaskAttemptId> producer = producer(message, shuffleInputs);
    if (producer.isPresent()) {
      return new Failure.FetchFailed(producer.get(), message);
    }
    if (kind.equals("IO") && MISSING.stream().anyMatch(message::contains)) {
      return new Failure.UserError(message);
    }
    if (kind.equals("Permission") && message.contains("disabled by configuration")) {
      return new Failure.UserError(
          message.lines().findFirst().orElse(message) + " (allow its directory with --data-dirs)");
    }
    return USER_ERRORS.contains(kind) ? new Failure.UserError(message) : new Failure.Io(message);
  }

  /**
   * Whether the instance that said so can no longer be used. DuckDB refuses everything after an
   * internal error: the next statement is the first to be told so.
   */
  static boolean isFatal(String message) {
    return kind(message).equals("FATAL")
        || kind(message).equals("INTERNAL")
        || message.toLowerCase(Locale.ROOT).contains("database has been invalidated");
  }

  private static String kind(String message) {
    int end = message.indexOf(" Error:");
    return end < 0 ? "" : message.substring(0, end);
  }

  private static Optional<TaskAttemptId> producer(
      String message, Map<String, TaskAttemptId> shuffleInputs) {
    return shuffleInputs.entrySet().stream()
        .filter(input -> message.contains(input.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
