package io.mangonel.executor.write;

import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.files.FileProblem;
import io.mangonel.planner.stage.WriteTarget;
import io.mangonel.shuffle.ShuffleDirectory;
import io.mangonel.shuffle.StagedFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hidden directory beside a statement's target, in which each attempt has a directory of its
 * own. Who made a directory removes it, with the shuffle files of the attempt; who publishes, or
 * hears that the job is over, removes all.
 */
public final class Staging {
  /** No statement writes nothing for so long. */
  static final long ABANDONED_MS = Duration.ofDays(7).toMillis();

  private static final Logger LOG = LoggerFactory.getLogger(Staging.class);

  private final WriteTarget target;
  private final Path root;

  /**
   * @param dataDirectories where tasks may write
   * @throws RefusedException when the target is not in one of them, or its directory is not there
   */
  public Staging(WriteTarget target, JobId job, List<Path> dataDirectories)
      throws RefusedException {
    Path parent = Path.of(target.parent());
    Path path = Path.of(target.path());
    if (dataDirectories.stream().noneMatch(d -> parent.startsWith(d) && path.startsWith(d))) {
      throw new RefusedException(
          path + " is not in a data directory of the executor (--data-dirs)");
    }
    if (!Files.isDirectory(parent)) {
      throw new RefusedException("there is no directory " + parent + " on the executor's machine");
    }
    this.target = target;
    this.root = parent.resolve(WriteTarget.HIDDEN + job.value());
  }

  WriteTarget target() {
    return target;
  }

  Path root() {
    return root;
  }

  /**
   * A new directory for an attempt's files, of which its shuffle directory tells.
   *
   * @param shuffle where the attempt has its directory
   * @throws IOException says in words why nothing can be made beside the target
   */
  public Path create(TaskAttemptId attempt, ShuffleDirectory shuffle) throws IOException {
    Path own = shuffle.createAttempt(attempt);
    Path staged = root.resolve(attempt.stage() + "." + own.getFileName());
    StagedFiles.note(own, staged);
    try {
      ShuffleDirectory.delete(staged);
      return Files.createDirectories(staged);
    } catch (IOException failed) {
      String why = FileProblem.reason(root, failed);
      throw new IOException("cannot write to " + target.parent() + ": " + why, failed);
    }
  }

  /**
   * Removes hidden directories of other jobs beside the target in which nothing has changed for
   * {@link #ABANDONED_MS}: their executors never came back. Whose they are nobody here knows, so
   * only their age tells.
   */
  void sweep() {
    Path parent = Path.of(target.parent());
    long before = System.currentTimeMillis() - ABANDONED_MS;
    try (DirectoryStream<Path> hidden =
        Files.newDirectoryStream(parent, WriteTarget.HIDDEN + "*")) {
      for (Path directory : hidden) {
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
            && newestMs(directory) < before) {
          LOG.info("removes {}, which nobody has written to for days", directory);
          ShuffleDirectory.delete(directory);
        }
      }
    } catch (IOException | DirectoryIteratorException | UncheckedIOException failed) {
      LOG.warn("cannot look for what is abandoned in {}: {}", parent, failed.getMessage());
    }
  }

  private static long newestMs(Path tree) throws IOException {
    long newest = 0;
    try (Stream<Path> walk = Files.walk(tree)) {
      for (Path path : (Iterable<Path>) walk::iterator) {
        newest = Math.max(newest, Files.getLastModifiedTime(path).toMillis());
      }
    }
    return newest;
  }

  /** Forces a tree of new files to the disk: they count once their status does. */
  public static void force(Path tree) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(tree)) {
      all = walk.toList();
    }
    for (Path path : all) {
      forceOne(path);
    }
  }

  static void forceOne(Path path) throws IOException {
    boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    StandardOpenOption how = directory ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    try (FileChannel channel = FileChannel.open(path, how)) {
      channel.force(true);
    }
  }
}
