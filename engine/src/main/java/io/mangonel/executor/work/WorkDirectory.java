package io.mangonel.executor.work;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.files.FileProblem;
import io.mangonel.shuffle.ShuffleDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The directory that belongs to one executor: node id, lock, shuffle files (which outlive a
 * restart), and what does not: inputs of running tasks, fetched files, spilled data.
 */
public final class WorkDirectory implements AutoCloseable {
  private final Path root;
  private final FileChannel lock;
  private final ExecutorId executor;
  private final ShuffleDirectory shuffle;
  private final AttemptRecords records;

  private WorkDirectory(
      Path root, FileChannel lock, ExecutorId executor, ShuffleDirectory shuffle) {
    this.root = root;
    this.lock = lock;
    this.executor = executor;
    this.shuffle = shuffle;
    this.records = new AttemptRecords(executor, shuffle);
  }

  /**
   * @throws IOException when it cannot be written, or another executor runs on it; the message is
   *     for a person
   */
  public static WorkDirectory open(Path directory) throws IOException {
    Path root;
    try {
      root = Files.createDirectories(directory).toRealPath();
    } catch (IOException unwritable) {
      throw new IOException(
          "cannot make the work directory "
              + directory
              + ": "
              + FileProblem.reason(directory, unwritable),
          unwritable);
    }
    FileChannel lock = lock(root);
    try {
      for (String leftover : new String[] {"inputs", "fetched", "spill"}) {
        ShuffleDirectory.delete(root.resolve(leftover));
      }
      Files.createDirectories(root.resolve("inputs"));
      Files.createDirectories(root.resolve("spill"));
      return new WorkDirectory(
          root, lock, nodeId(root), ShuffleDirectory.open(root.resolve("shuffle")));
    } catch (IOException failed) {
      lock.close();
      throw new IOException(
          "cannot use the work directory " + root + ": " + FileProblem.reason(root, failed),
          failed);
    }
  }

  private static FileChannel lock(Path root) throws IOException {
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException unwritable) {
      throw new IOException(
          "cannot write to the work directory "
              + root
              + ": "
              + FileProblem.reason(root, unwritable),
          unwritable);
    }
    if (tryLock(channel) == null) {
      channel.close();
      throw new IOException(
          "the work directory "
              + root
              + " belongs to an executor that is running; give each its own");
    }
    return channel;
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException inThisProcess) {
      return null;
    }
  }

  private static ExecutorId nodeId(Path root) throws IOException {
    Path file = root.resolve("node-id");
    if (!Files.exists(file)) {
      Path fresh = root.resolve("node-id.new");
      Files.writeString(fresh, "executor-" + UUID.randomUUID().toString().substring(0, 8));
      Files.move(fresh, file);
    }
    String id = Files.readString(file).strip();
    if (id.isEmpty()) {
      throw new IOException("the file node-id in it is empty");
    }
    return new ExecutorId(id);
  }

  /** Absolute, without links. */
  public Path root() {
    return root;
  }

  /** The stable node id. */
  public ExecutorId executor() {
    return executor;
  }

  public ShuffleDirectory shuffle() {
    return shuffle;
  }

  /** What is known of finished attempts, also by the next run. */
  public AttemptRecords records() {
    return records;
  }

  /** One directory per running task, with links to what it reads. */
  public Path inputs() {
    return root.resolve("inputs");
  }

  public Path fetched() {
    return root.resolve("fetched");
  }

  public Path spill() {
    return root.resolve("spill");
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
