package io.mangonel.shuffle;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.shuffle.FetchCache.Fetched;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Reply;
import io.mangonel.wire.executor.ExecutorClient;
import io.mangonel.wire.executor.ExecutorMessages.ShuffleDescription;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings the files that a task reads to paths that its DuckDB may open: this executor's own are
 * read where they are; those of an executor on the same machine get a hard link; all others are
 * fetched.
 */
public final class ShuffleReader {
  private final ExecutorId self;
  private final ShuffleDirectory own;
  private final FetchCache cache;
  private final ExecutorClient client;
  private final LongSupplier clockMs;
  private final boolean inPlace;
  private final Checksums checksums;

  /** Guarded by itself. */
  private final Map<HostPort, Neighbour> neighbours = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param directory empty: not on this machine, or not readable
   */
  private record Neighbour(Optional<Path> directory, long askedAtMs) {}

  /**
   * @param inPlace false: files of executors on the same machine are fetched like any other
   */
  public ShuffleReader(
      ExecutorId self,
      ShuffleDirectory own,
      FetchCache cache,
      ExecutorClient client,
      LongSupplier clockMs,
      Checksums checksums,
      boolean inPlace) {
    this.self = self;
    this.own = own;
    this.cache = cache;
    this.client = client;
    this.clockMs = clockMs;
    this.checksums = checksums;
    this.inPlace = inPlace;
  }

  /** A file of a producer, on this machine. */
  public record LocalInput(TaskAttemptId producer, OutputFile file, Path path) {}

  public sealed interface Located {
    /** In the order of the locations. */
    record Here(List<LocalInput> inputs) implements Located {
      public Here {
        inputs = List.copyOf(inputs);
      }
    }

    record Failed(Failure failure) implements Located {}
  }

  /**
   * Brings every file here; blocks until the last one is.
   *
   * @param peers addresses of the executors named in the locations
   * @param linkDirectory an empty directory of the task, for links; whoever made it deletes it
   */
  public Located locate(
      List<InputLocation> locations, Map<ExecutorId, HostPort> peers, Path linkDirectory) {
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<One>> futures = new ArrayList<>();
      for (InputLocation location : locations) {
        HostPort peer = peers.get(location.executor());
        for (OutputFile file : location.files()) {
          Path link = linkDirectory.resolve(futures.size() + suffix(file));
          futures.add(workers.submit(() -> one(location, peer, file, link)));
        }
      }
      return collect(futures);
    }
  }

  private sealed interface One {
    record Here(LocalInput input) implements One {}

    record Failed(Failure failure) implements One {}
  }

  private static Located collect(List<Future<One>> futures) {
    List<LocalInput> inputs = new ArrayList<>();
    Failure failure = null;
    for (Future<One> future : futures) {
      try {
        switch (future.get()) {
          case One.Here here -> inputs.add(here.input());
          case One.Failed failed -> failure = failure == null ? failed.failure() : failure;
        }
      } catch (ExecutionException bug) {
        throw new IllegalStateException("locating an input failed", bug.getCause());
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return new Located.Failed(new Failure.Killed("interrupted while inputs were fetched"));
      }
    }
    return failure == null ? new Located.Here(inputs) : new Located.Failed(failure);
  }

  private static String suffix(OutputFile file) {
    return file.path().endsWith(".parquet") ? ".parquet" : "";
  }

  private One one(InputLocation location, @Nullable HostPort peer, OutputFile file, Path link) {
    TaskAttemptId producer = location.producer();
    if (location.executor().equals(self)) {
      return own.file(file.path())
          .map(path -> checked(producer, file, path, path))
          .orElseGet(() -> lost(producer, "the file " + file.path() + " is gone from " + self));
    }
    if (peer == null) {
      return lost(producer, "the address of executor " + location.executor() + " is unknown");
    }
    Optional<Path> neighbours = inPlace ? linkNeighbour(peer, file, link) : Optional.empty();
    if (neighbours.isPresent()) {
      return checked(producer, file, neighbours.get(), link);
    }
    return switch (cache.get(location.executor(), peer, file, link)) {
      case Fetched.Here _ -> new One.Here(new LocalInput(producer, file, link));
      case Fetched.Lost lost -> lost(producer, lost.message());
      case Fetched.Unreachable silent ->
          new One.Failed(new Failure.HolderUnreachable(producer, silent.message()));
      case Fetched.Interrupted _ ->
          new One.Failed(new Failure.Killed("interrupted while inputs were fetched"));
      case Fetched.Broken broken -> new One.Failed(new Failure.Io(broken.message()));
    };
  }

  /** A file that was cut or changed gives wrong rows, or an error that blames the statement. */
  private One checked(TaskAttemptId producer, OutputFile file, Path source, Path readAt) {
    try {
      return checksums.isIntact(source, file)
          ? new One.Here(new LocalInput(producer, file, readAt))
          : lost(producer, "the file " + file.path() + " is not what was written");
    } catch (IOException unreadable) {
      return lost(producer, "cannot read " + file.path() + ": " + unreadable.getMessage());
    }
  }

  private static One lost(TaskAttemptId producer, String message) {
    return new One.Failed(new Failure.FetchFailed(producer, message));
  }

  /** Makes the link and returns what it links to; empty when the file has to be fetched. */
  private Optional<Path> linkNeighbour(HostPort peer, OutputFile file, Path link) {
    Optional<Path> directory = neighbour(peer);
    if (directory.isEmpty()) {
      return Optional.empty();
    }
    try {
      Path source = directory.get().resolve(file.path()).normalize();
      if (!source.startsWith(directory.get()) || Files.size(source) != file.bytes()) {
        return Optional.empty();
      }
      Files.createLink(link, source);
      return Optional.of(source);
    } catch (FileAlreadyExistsException bug) {
      throw new IllegalStateException("the link directory of the task is not empty", bug);
    } catch (IOException otherFileSystem) {
      // The fetch will do, or name what is wrong.
      return Optional.empty();
    }
  }

  private Optional<Path> neighbour(HostPort peer) {
    long nowMs = clockMs.getAsLong();
    synchronized (neighbours) {
      Neighbour known = neighbours.get(peer);
      if (known != null && nowMs - known.askedAtMs() < Limits.NEIGHBOUR_MS) {
        return known.directory();
      }
    }
    if (!(client.describeShuffle(peer) instanceof Reply.Answered<ShuffleDescription> answered)) {
      return Optional.empty(); // Nothing is known: asked again for the next file.
    }
    Optional<Path> directory =
        ShuffleDirectory.isHere(answered.value().directory(), answered.value().token())
            ? Optional.of(Path.of(answered.value().directory()))
            : Optional.empty();
    synchronized (neighbours) {
      neighbours.put(peer, new Neighbour(directory, nowMs));
      if (neighbours.size() > Limits.NEIGHBOURS_MAX) {
        neighbours.remove(neighbours.keySet().iterator().next());
      }
    }
    return directory;
  }
}
