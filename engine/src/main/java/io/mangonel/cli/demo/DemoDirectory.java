package io.mangonel.cli.demo;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.files.FileProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The demo's files, held by one demo at a time: the lock goes with its process. */
final class DemoDirectory {
  private static final String LOCK = "demo.lock";

  private final Path root;
  private final FileChannel channel;

  private DemoDirectory(Path root, FileChannel channel) {
    this.root = root;
    this.channel = channel;
  }

  /** Takes it; refuses while another demo has it, and says which. */
  static DemoDirectory take(Path root) {
    try {
      Files.createDirectories(root);
      FileChannel channel =
          FileChannel.open(
              root.resolve(LOCK),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      if (!isLocked(channel)) {
        String holder = Files.readString(root.resolve(LOCK)).strip();
        channel.close();
        throw CommandFailure.failed(
            "a demo is running already ("
                + (holder.isEmpty() ? "just starting" : holder)
                + ") and uses "
                + root
                + ": stop it with Ctrl-C there, or use another directory with --dir");
      }
      return new DemoDirectory(root, channel);
    } catch (IOException e) {
      throw CommandFailure.failed(
          "cannot write to "
              + root
              + ": "
              + FileProblem.reason(root, e)
              + ": choose another directory with --dir");
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      Optional<FileLock> lock = Optional.ofNullable(channel.tryLock());
      return lock.isPresent();
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** Tells a second demo who holds the directory. */
  void describe(String holder) {
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
    } catch (IOException e) {
      throw CommandFailure.failed("cannot write to " + root + ": " + FileProblem.reason(root, e));
    }
  }

  Path data(double scaleFactor) {
    return root.resolve("tpch-sf" + scaleFactor);
  }

  Path resolve(String name) {
    return root.resolve(name);
  }

  /** Leaves only the data: each demo begins with an empty cluster. */
  void clearCluster() {
    delete(
        path ->
            !path.equals(root)
                && !path.equals(root.resolve(LOCK))
                && !path.startsWith(root.resolve("logs"))
                && !root.relativize(path).getName(0).toString().contains("tpch-sf"));
  }

  /** Removes everything but the lock, which is held. */
  void clear() {
    delete(path -> !path.equals(root) && !path.equals(root.resolve(LOCK)));
  }

  private void delete(Predicate<Path> which) {
    try (Stream<Path> walk = Files.walk(root)) {
      List<Path> paths = walk.filter(which).sorted(Comparator.reverseOrder()).toList();
      for (Path path : paths) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      throw CommandFailure.failed("cannot clean " + root + ": " + e.getMessage());
    }
  }

  /**
   * Leaves it to the next demo. The second call does nothing.
   *
   * @param used whether a cluster ran, whose state is removed
   */
  synchronized void release(boolean used) {
    if (!channel.isOpen()) {
      return;
    }
    try (channel) {
      if (used) {
        clearCluster();
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot release " + root, e);
    }
  }
}
