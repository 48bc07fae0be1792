package io.mangonel.shuffle;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Files of an attempt outside of the shuffle directory, where its statement writes to. The
 * attempt's directory has a note of where they are, so that they go when it goes.
 */
public final class StagedFiles {
  private static final String NOTE = "staged";

  private StagedFiles() {}

  /**
   * To be called before they are made.
   *
   * @param attempt the attempt's directory
   * @param staged the directory of its files
   */
  public static void note(Path attempt, Path staged) throws IOException {
    Path note = attempt.resolve(NOTE);
    Files.writeString(note, staged.toString());
    try (FileChannel file = FileChannel.open(note, StandardOpenOption.WRITE)) {
      file.force(true);
    }
  }

  /** Where the attempt of this directory has, or had, files. */
  public static Optional<Path> of(Path attempt) throws IOException {
    Path note = attempt.resolve(NOTE);
    if (!Files.isRegularFile(note)) {
      return Optional.empty();
    }
    String staged = Files.readString(note);
    return staged.isEmpty() ? Optional.empty() : Optional.of(Path.of(staged));
  }

  /** Deletes the files of the attempt and of all others of its job, which is over. */
  static void deleteJob(Path attempt) throws IOException {
    Path staged = of(attempt).orElse(null);
    if (staged != null && staged.getParent() != null) {
      ShuffleDirectory.delete(staged.getParent());
    }
  }

  /** Deletes the files of an attempt, and their job's hidden directory if they were its last. */
  static void delete(Path attempt) throws IOException {
    Optional<Path> staged = of(attempt);
    if (staged.isEmpty()) {
      return;
    }
    ShuffleDirectory.delete(staged.get());
    Path root = staged.get().getParent();
    if (root != null) {
      try {
        Files.deleteIfExists(root);
      } catch (DirectoryNotEmptyException others) {
        // They have their own owners.
      }
    }
  }
}
