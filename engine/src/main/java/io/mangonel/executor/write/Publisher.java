package io.mangonel.executor.write;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.OutputFile;
import io.mangonel.planner.stage.WriteTarget;
import io.mangonel.planner.stage.WriteTarget.IfExists;
import io.mangonel.shuffle.ShuffleDirectory;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Gives the files of the winners their last names (rule T16). Every step may be repeated, by this
 * executor or another, also while an earlier attempt still goes on: a file is at its old place, or
 * has its new name. What is to be replaced is moved into the hidden directory, so that an attempt
 * that wakes up when all is over finds no place to move it to, and removes nothing.
 */
public final class Publisher {
  private static final String REPLACED = "replaced";

  private final JobId job;
  private final WriteTarget target;
  private final Staging staging;
  private final ExecutorId self;
  private final Path path;
  private final Map<Path, Path> names = new LinkedHashMap<>(); // From staged to last.
  private final Map<Path, ExecutorId> writers = new TreeMap<>();
  private long rows;

  /**
   * @param inputs what the winners wrote, in order of partition
   */
  public Publisher(JobId job, Staging staging, ExecutorId self, List<InputLocation> inputs) {
    this.job = job;
    this.target = staging.target();
    this.staging = staging;
    this.self = self;
    this.path = Path.of(target.path());
    for (InputLocation input : inputs) {
      Map<Path, Integer> numbers = new TreeMap<>();
      for (OutputFile file : input.files()) {
        Path staged = Path.of(file.path());
        names.put(staged, name(staged, input.producer().partition(), numbers));
        writers.put(staged, input.executor());
        rows += file.rows();
      }
    }
  }

  /** A name that only this job gives, and gives again. */
  private Path name(Path staged, int partition, Map<Path, Integer> numbers) {
    if (!target.directory()) {
      return path;
    }
    Path inAttempt = staging.root().relativize(staged); // attempt/rows, attempt/by/x=1/data
    Path directory = path;
    for (int i = 2; i < inAttempt.getNameCount() - 1; i++) {
      directory = directory.resolve(inAttempt.getName(i));
    }
    int number = numbers.merge(directory, 1, Integer::sum) - 1;
    String several = number == 0 ? "" : "-" + number;
    return directory.resolve(
        "%s-%05d%s.%s".formatted(job.value(), partition, several, target.extension()));
  }

  private boolean isOurs(Path file) {
    return String.valueOf(file.getFileName()).startsWith(job.value() + "-");
  }

  /**
   * Publishes all, or does nothing and says why; the files are where readers see them when it
   * returns.
   *
   * @return the rows in them
   * @throws RefusedException when the target is not as the statement expects it, or files are not
   *     to be seen from here
   */
  public long publish() throws IOException, RefusedException {
    checkVisible();
    checkTarget();
    if (target.directory()) {
      Files.createDirectories(path);
      if (target.ifExists() == IfExists.OVERWRITE) {
        replace();
      }
    }
    var changed = new TreeSet<Path>();
    for (var entry : names.entrySet()) {
      changed.add(rename(entry.getKey(), entry.getValue()));
    }
    for (Path directory : changed) {
      Staging.forceOne(directory);
    }
    ShuffleDirectory.delete(staging.root());
    Staging.forceOne(Path.of(target.parent()));
    staging.sweep();
    return rows;
  }

  private void checkVisible() throws RefusedException {
    for (var entry : names.entrySet()) {
      if (!exists(entry.getKey()) && !exists(entry.getValue())) {
        throw new RefusedException(
            """
            executor %s does not see %s, which executor %s wrote: what a statement writes to \
            (--data-dirs) has to be one directory for all executors"""
                .formatted(self, entry.getKey(), writers.get(entry.getKey())));
      }
    }
  }

  private void checkTarget() throws IOException, RefusedException {
    if (target.directory()) {
      if (exists(path) && !Files.isDirectory(path)) {
        throw new RefusedException("'" + path + "' is a file, not a directory");
      }
      if (target.ifExists() == IfExists.REFUSE && !foreign().isEmpty()) {
        throw new RefusedException(
            "the directory '" + path + "' is not empty: OVERWRITE or APPEND allows it");
      }
    } else if (Files.isDirectory(path)) {
      throw new RefusedException("'" + path + "' is a directory");
    }
  }

  private static boolean exists(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /** What is in the directory and is not of this job; hidden directories of other jobs stay. */
  private List<Path> foreign() throws IOException {
    var files = new ArrayList<Path>();
    if (!exists(path)) {
      return files;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes a) {
            return intoUnlessHidden(directory);
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!isOurs(file)) {
              files.add(file);
            }
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
        });
    return files;
  }

  /** Hidden directories are of jobs, this one or others: what they hold is not the target's. */
  private static FileVisitResult intoUnlessHidden(Path directory) {
    boolean hidden = String.valueOf(directory.getFileName()).startsWith(WriteTarget.HIDDEN);
    return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
  }

  /** Moves away what was there, and the directories that are empty then. */
  private void replace() throws IOException {
    List<Path> foreign = foreign();
    if (foreign.isEmpty() || !exists(staging.root())) {
      return;
    }
    Path replaced = staging.root().resolve(REPLACED);
    if (!exists(replaced)) {
      Files.createDirectory(replaced);
    }
    for (Path file : foreign) {
      Path kept = replaced.resolve(path.relativize(file).toString().replace('/', '%'));
      try {
        Files.move(file, kept, StandardCopyOption.ATOMIC_MOVE);
      } catch (NoSuchFileException moved) {
        // By another attempt; or the hidden directory is gone, and all is over.
      }
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes a) {
            return intoUnlessHidden(directory);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            try (var children = Files.list(directory)) {
              if (!directory.equals(path) && children.findAny().isEmpty()) {
                Files.deleteIfExists(directory);
              }
            } catch (NoSuchFileException gone) {
              // By another attempt.
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Returns the directory that has the file now. */
  private static Path rename(Path staged, Path last) throws IOException {
    Path directory = Objects.requireNonNull(last.getParent(), "directory of " + last);
    Files.createDirectories(directory);
    try {
      Files.move(staged, last, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException gone) {
      if (!exists(last)) {
        throw gone;
      }
    }
    return directory;
  }
}
