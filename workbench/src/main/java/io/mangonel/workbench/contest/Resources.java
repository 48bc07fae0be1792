package io.mangonel.workbench.contest;

import io.mangonel.cli.options.CommandFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a benchmark started, and a directory for its files: all of it is closed and removed when it
 * ends, also by Ctrl-C. What was added last is closed first.
 */
public final class Resources implements AutoCloseable {
  private final Path directory;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private boolean closed;

  private Resources(Path directory) {
    this.directory = directory;
  }

  /** Makes a directory of its own below {@code parent}. */
  public static Resources in(Path parent) {
    try {
      Files.createDirectories(parent);
      Resources resources = new Resources(Files.createTempDirectory(parent, "run-"));
      Runtime.getRuntime().addShutdownHook(new Thread(resources::close, "shutdown"));
      return resources;
    } catch (IOException e) {
      throw CommandFailure.failed(
          "cannot write to " + parent + ": choose another directory with --dir");
    }
  }

  /** Absolute; empty at first. */
  public Path directory() {
    return directory;
  }

  public synchronized <T extends AutoCloseable> T add(T resource) {
    if (closed) {
      closeOne(resource);
      throw CommandFailure.failed("interrupted");
    }
    open.push(resource);
    return resource;
  }

  @Override
  public synchronized void close() {
    closed = true;
    while (!open.isEmpty()) {
      closeOne(open.pop());
    }
    removeDirectory();
  }

  private static void closeOne(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      // The others are closed in every case.
      System.err.println("warning: " + e.getMessage());
    }
  }

  private void removeDirectory() {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> walk = Files.walk(directory)) {
      List<Path> paths = walk.sorted(Comparator.reverseOrder()).toList();
      for (Path path : paths) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      System.err.println("warning: cannot remove " + directory + ": " + e.getMessage());
    }
  }
}
