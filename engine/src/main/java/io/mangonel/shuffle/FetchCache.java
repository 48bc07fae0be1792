package io.mangonel.shuffle;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.OutputFile;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Reply;
import io.mangonel.wire.executor.ExecutorClient;
import io.mangonel.wire.executor.ExecutorMessages.FileRequest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of other executors, fetched once and kept while there is room. A reader gets a hard link of
 * its own, so an entry that is dropped stays readable to whoever uses it.
 */
public final class FetchCache implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FetchCache.class);
  private static final byte[] PARQUET_MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  private final Path directory;
  private final long bytesMax;
  private final ExecutorClient client;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Semaphore fetches = new Semaphore(Limits.FETCHES_MAX);

  /** Guarded by this: what is here, the least recently used first. */
  private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  /** Guarded by this: what is under way; a second reader waits for the first. */
  private final Map<String, CompletableFuture<Fetched>> underWay = new HashMap<>();

  private long bytes;
  private long fileNumber;

  private record Entry(Path file, long bytes) {}

  /** How a fetch ended. */
  sealed interface Fetched {
    record Here() implements Fetched {}

    /** The producer's file cannot be had. */
    record Lost(String message) implements Fetched {}

    /** Its executor does not answer. */
    record Unreachable(String message) implements Fetched {}

    /** The reader who fetched was interrupted: another one has to fetch it. */
    record Interrupted() implements Fetched {}

    /** This executor's disk failed. */
    record Broken(String message) implements Fetched {}
  }

  /**
   * @param directory emptied here: what an earlier run fetched has no index any more
   */
  public FetchCache(Path directory, long bytesMax, ExecutorClient client) throws IOException {
    ShuffleDirectory.delete(directory);
    this.directory = Files.createDirectories(directory);
    this.bytesMax = bytesMax;
    this.client = client;
  }

  /** Nobody tries a fetch again. */
  @Override
  public void close() {
    closed.countDown();
  }

  /** Bytes kept now. */
  public synchronized long bytes() {
    return bytes;
  }

  /**
   * Makes {@code link} the holder's file.
   *
   * @param peer where the holder was, as far as is known
   */
  Fetched get(ExecutorId holder, HostPort peer, OutputFile file, Path link) {
    String key = holder + "/" + file.path(); // Its name in the whole cluster.
    while (true) {
      CompletableFuture<Fetched> mine = new CompletableFuture<>();
      CompletableFuture<Fetched> other;
      try {
        if (linkIfHere(key, link)) {
          return new Fetched.Here();
        }
        other = begin(key, mine);
      } catch (IOException failed) {
        return new Fetched.Broken("cannot link a fetched file: " + failed.getMessage());
      }
      if (other != null) {
        Fetched ended = awaited(other);
        boolean mineToDo =
            ended instanceof Fetched.Interrupted && !Thread.currentThread().isInterrupted();
        if (!(ended instanceof Fetched.Here) && !mineToDo) {
          return ended;
        }
        continue;
      }
      Fetched ended = new Fetched.Broken("the fetch of " + file.path() + " ended early");
      try {
        ended = fetch(holder, peer, file, link);
      } finally {
        end(key);
        mine.complete(ended);
      }
      return ended;
    }
  }

  private static Fetched awaited(CompletableFuture<Fetched> other) {
    try {
      return other.get();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return new Fetched.Interrupted();
    } catch (ExecutionException bug) {
      throw new IllegalStateException("nobody fails a fetch", bug);
    }
  }

  private synchronized boolean linkIfHere(String key, Path link) throws IOException {
    Entry entry = entries.get(key);
    if (entry == null) {
      return false;
    }
    Files.createLink(link, entry.file());
    return true;
  }

  private synchronized @Nullable CompletableFuture<Fetched> begin(
      String key, CompletableFuture<Fetched> mine) {
    return underWay.putIfAbsent(key, mine);
  }

  private synchronized void end(String key) {
    underWay.remove(key);
  }

  private synchronized Path newFile() {
    fileNumber++;
    return directory.resolve("file-" + fileNumber);
  }

  private Fetched fetch(ExecutorId holder, HostPort peer, OutputFile file, Path link) {
    Path target = newFile();
    Path partial = target.resolveSibling(target.getFileName() + ".partial");
    try {
      fetches.acquire();
      try {
        Optional<Fetched> failure = download(holder, peer, file, partial);
        if (failure.isPresent()) {
          Files.deleteIfExists(partial);
          return failure.get();
        }
      } finally {
        fetches.release();
      }
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      Files.createLink(link, target);
      keep(holder + "/" + file.path(), new Entry(target, file.bytes()));
      return new Fetched.Here();
    } catch (IOException failed) {
      return new Fetched.Broken("cannot keep a fetched file: " + failed.getMessage());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      deleteQuietly(partial);
      return new Fetched.Interrupted();
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException leftForTheNextStart) {
      LOG.debug("cannot delete {}: {}", file, leftForTheNextStart.getMessage());
    }
  }

  /** Empty when the whole file is in {@code target}. */
  private Optional<Fetched> download(ExecutorId holder, HostPort peer, OutputFile file, Path target)
      throws IOException, InterruptedException {
    long pauseMs = Limits.FETCH_RETRY_MS;
    for (int tries = 1; ; tries++) {
      Reply<Long> reply;
      CRC32C checksum = new CRC32C();
      try (OutputStream out =
          new CheckedOutputStream(
              new BufferedOutputStream(Files.newOutputStream(target)), checksum)) {
        reply = client.fetchPartition(peer, new FileRequest(holder, file.path()), out);
      }
      String failure =
          switch (reply) {
            case Reply.Answered<Long> answered -> {
              Optional<String> wrong = wrong(file, answered.value(), checksum.getValue(), target);
              if (wrong.isEmpty()) {
                yield "";
              }
              yield wrong.get();
            }
            case Reply.Unreachable<Long> unreachable -> unreachable.message();
            case Reply.TimedOut<Long> timedOut -> timedOut.message();
            case Reply.NotFound<Long> notFound -> notFound.message();
            case Reply.Rejected<Long> rejected -> rejected.message();
            case Reply.Broken<Long> broken -> broken.message();
          };
      if (failure.isEmpty()) {
        return Optional.empty();
      }
      String message = "cannot fetch " + file.path() + ": " + failure;
      if (reply instanceof Reply.Rejected) { // Somebody else has its port: not a word of it.
        return Optional.of(new Fetched.Unreachable(message));
      }
      if (!(reply instanceof Reply.Unreachable || reply instanceof Reply.TimedOut)) {
        return Optional.of(new Fetched.Lost(message));
      }
      if (tries == Limits.FETCH_TRIES || closed.await(pauseMs, TimeUnit.MILLISECONDS)) {
        return Optional.of(new Fetched.Unreachable(message));
      }
      pauseMs *= 2;
    }
  }

  private static Optional<String> wrong(
      OutputFile file, long fetchedBytes, long checksum, Path target) throws IOException {
    if (fetchedBytes != file.bytes()) {
      return Optional.of("it has " + fetchedBytes + " bytes instead of " + file.bytes());
    }
    if (file.checksum() != OutputFile.NO_CHECKSUM && file.checksum() != checksum) {
      return Optional.of("it is not what was written");
    }
    return file.path().endsWith(".parquet") && !isWholeParquet(target)
        ? Optional.of("it is not a whole Parquet file")
        : Optional.empty();
  }

  /** Whether both ends carry Parquet's mark: a writer that was killed leaves none at the end. */
  static boolean isWholeParquet(Path file) throws IOException {
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
      byte[] mark = new byte[PARQUET_MAGIC.length];
      if (content.length() < 3L * mark.length) {
        return false;
      }
      content.readFully(mark);
      boolean begins = Arrays.equals(mark, PARQUET_MAGIC);
      content.seek(content.length() - mark.length);
      content.readFully(mark);
      return begins && Arrays.equals(mark, PARQUET_MAGIC);
    }
  }

  private synchronized void keep(String key, Entry entry) throws IOException {
    entries.put(key, entry);
    bytes += entry.bytes();
    Iterator<Entry> oldest = entries.values().iterator();
    while (bytes > bytesMax && oldest.hasNext()) {
      Entry dropped = oldest.next();
      oldest.remove();
      bytes -= dropped.bytes();
      Files.deleteIfExists(dropped.file());
    }
  }
}
