package io.mangonel.shuffle;

import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files an executor's tasks wrote: {@code job/stage.stageAttempt/partition.attempt@epoch:run}.
 * Only what a status names is valid: a killed task leaves broken files, so nobody ever lists a
 * directory to find input.
 */
public final class ShuffleDirectory {
  private static final String TOKEN_FILE = "token";

  private final Path root;
  private final String token;

  private ShuffleDirectory(Path root, String token) {
    this.root = root;
    this.token = token;
  }

  /** Opens it, and makes it when missing. */
  public static ShuffleDirectory open(Path directory) throws IOException {
    Path root = Files.createDirectories(directory).toRealPath();
    Path file = root.resolve(TOKEN_FILE);
    if (!Files.exists(file)) {
      Files.writeString(file, UUID.randomUUID().toString());
    }
    return new ShuffleDirectory(root, Files.readString(file));
  }

  /** Absolute, without links. */
  public Path root() {
    return root;
  }

  /** A random text that is also in the directory. */
  public String token() {
    return token;
  }

  /** Whether {@code directory}, seen from here, is the one whose executor told {@code token}. */
  static boolean isHere(String directory, String token) {
    try {
      Path file = Path.of(directory).resolve(TOKEN_FILE);
      return Files.isRegularFile(file)
          && Files.size(file) <= Limits.TOKEN_BYTES_MAX
          && Files.readString(file, StandardCharsets.UTF_8).equals(token);
    } catch (IOException | InvalidPathException elsewhere) {
      return false;
    }
  }

  /** An empty directory for an attempt's files. */
  public Path createAttempt(TaskAttemptId attempt) throws IOException {
    removeAttempt(attempt);
    return Files.createDirectories(attemptDirectory(attempt));
  }

  public Path attemptDirectory(TaskAttemptId attempt) {
    return jobDirectory(attempt.job())
        .resolve(attempt.stage() + "." + attempt.stageAttempt())
        .resolve(attemptName(attempt));
  }

  private static String attemptName(TaskAttemptId attempt) {
    return attempt.partition()
        + "."
        + attempt.attempt()
        + "@"
        + attempt.launchEpoch()
        + ":"
        + encode(attempt.launcher().value());
  }

  /** Every directory of an attempt, whole or not. */
  public List<Path> attempts() throws IOException {
    List<Path> attempts = new ArrayList<>();
    for (Path job : children(root)) {
      for (Path stage : children(job)) {
        attempts.addAll(children(stage));
      }
    }
    return attempts;
  }

  private static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children
          .filter(child -> Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .toList();
    }
  }

  /** Deletes the directories of jobs and stages that hold no attempt. */
  public void removeEmpty() throws IOException {
    for (Path job : children(root)) {
      for (Path stage : children(job)) {
        if (children(stage).isEmpty()) {
          delete(stage);
        }
      }
      if (children(job).isEmpty()) {
        delete(job);
      }
    }
  }

  /** The path of a file below the root as {@code OutputFile} has it. */
  public String relative(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  /** The file of a path from a peer; empty when there is none, or when it leads out of here. */
  public Optional<Path> file(String relative) {
    try {
      Path file = root.resolve(relative).normalize();
      boolean inside = file.startsWith(root) && !relative.isEmpty() && !relative.startsWith("/");
      return inside && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          ? Optional.of(file)
          : Optional.empty();
    } catch (InvalidPathException notAPath) {
      return Optional.empty();
    }
  }

  public void removeAttempt(TaskAttemptId attempt) throws IOException {
    removeAttempt(attemptDirectory(attempt));
  }

  /**
   * Deletes an attempt's directory, and its files elsewhere.
   *
   * @param directory one of {@link #attempts}
   */
  public void removeAttempt(Path directory) throws IOException {
    StagedFiles.delete(directory);
    delete(directory);
  }

  /** Deletes what attempts of a job wrote; the job is over. */
  public void removeJob(JobId job) throws IOException {
    Path directory = jobDirectory(job);
    if (Files.isDirectory(directory)) {
      for (Path stage : children(directory)) {
        for (Path attempt : children(stage)) {
          StagedFiles.deleteJob(attempt);
        }
      }
    }
    delete(directory);
  }

  private Path jobDirectory(JobId job) {
    return root.resolve("job-" + encode(job.value()));
  }

  /**
   * Letters, digits and {@code - _} as they are; neither DuckDB nor a file system minds the rest.
   */
  private static String encode(String name) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
        encoded.append(c);
      } else if (c == '-' || c == '_') {
        encoded.append(c);
      } else {
        encoded.append('%').append(Integer.toHexString(0x100 | c).substring(1));
      }
    }
    return encoded.toString();
  }

  /** Deletes a tree; one that is not there is fine. */
  public static void delete(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
