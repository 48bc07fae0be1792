package io.mangonel.cli.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Ports and directories. */
public final class PlaceChecks {
  private static final long FREE_BYTES_MIN = 2L << 30;
  private static final double FREE_SHARE_MIN = 0.05;
  private static final int CONNECT_MAX_MS = 2_000;
  private static final int METRICS_BYTES_READ_MAX = 1 << 20;

  private PlaceChecks() {}

  /**
   * Whether {@code port} is free, or who has it.
   *
   * @param isOurs whether a process of ours answers at it
   */
  public static Finding port(String option, String bind, int port, Predicate<Integer> isOurs) {
    String subject = "port " + port;
    if (port == 0) {
      return Finding.ok(option, "any free port");
    }
    try (ServerSocket socket = new ServerSocket()) {
      // As servers do: connections of a process before that linger do not count.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(bind), port));
      return Finding.ok(subject, "free");
    } catch (IOException taken) {
      String why = String.valueOf(taken.getMessage());
      if (isOurs.test(port)) {
        return Finding.warn(
            subject, "a mangonel answers there", "it runs already, or choose another " + option);
      }
      return Finding.fail(
          subject,
          isListening(bind, port) ? "another program listens there" : why,
          "choose another with " + option);
    }
  }

  /** Whether a scheduler or an executor of ours serves HTTP at {@code port} of this machine. */
  public static boolean hasOurMetrics(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MAX_MS);
      socket.setSoTimeout(CONNECT_MAX_MS);
      String request = "GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(METRICS_BYTES_READ_MAX);
      return new String(answer, StandardCharsets.ISO_8859_1).contains("mangonel_");
    } catch (IOException e) {
      return false;
    }
  }

  static boolean isListening(String host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), CONNECT_MAX_MS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether it, or the directory it would be made in, can be written, and the space there. */
  public static Finding writable(String what, Path directory) {
    Path there = directory.toAbsolutePath().normalize();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      return Finding.fail(what, there + " is no directory", "remove it or choose another place");
    }
    try {
      Files.delete(Files.createTempFile(there, ".doctor", null));
    } catch (IOException e) {
      return Finding.fail(
          what, there + " cannot be written", "give it to this user or choose another place");
    }
    long freeBytes = there.toFile().getUsableSpace();
    long totalBytes = there.toFile().getTotalSpace();
    String detail =
        "%s, %d MB of %d MB free".formatted(directory, freeBytes >> 20, totalBytes >> 20);
    return freeBytes < FREE_BYTES_MIN || freeBytes < totalBytes * FREE_SHARE_MIN
        ? Finding.warn(what, detail, "make room: state, shuffles and spilled data go there")
        : Finding.ok(what, detail);
  }

  /** Whether statements may read there. */
  public static Finding readable(Path directory) {
    return Files.isDirectory(directory) && Files.isReadable(directory)
        ? Finding.ok("data", directory.toString())
        : Finding.fail("data", directory + " cannot be read", "see --data-dirs");
  }

  /**
   * Executors' directories below {@code work}: which are in use, and what ended ones left.
   *
   * @return one for each directory
   */
  public static List<Finding> leftovers(Path work) {
    if (!Files.isDirectory(work)) {
      return List.of();
    }
    try (Stream<Path> directories = Files.list(work)) {
      return directories
          .filter(directory -> Files.exists(directory.resolve("node-id")))
          .sorted()
          .map(PlaceChecks::leftover)
          .toList();
    } catch (IOException e) {
      return List.of(Finding.warn("work", work + " cannot be listed", "see its owner"));
    }
  }

  private static Finding leftover(Path directory) {
    String subject = "work " + directory.getFileName();
    if (isLocked(directory.resolve("lock"))) {
      return Finding.ok(subject, "belongs to a process that runs");
    }
    long bytes = sizeBytes(directory);
    return bytes == 0
        ? Finding.ok(subject, "unused")
        : Finding.warn(
            subject,
            "of a process that has ended, %d KB".formatted(bytes >> 10),
            "start its executor again, which offers what it had finished, or remove " + directory);
  }

  private static long sizeBytes(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> Files.isRegularFile(file) && !isBookkeeping(file))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (IOException | java.io.UncheckedIOException e) {
      return 1;
    }
  }

  private static boolean isBookkeeping(Path file) {
    return List.of("lock", "node-id").contains(file.getFileName().toString());
  }

  /** Whether a process holds the lock of a state or work directory. */
  static boolean isLocked(Path file) {
    if (!Files.exists(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    } catch (IOException | java.nio.channels.OverlappingFileLockException e) {
      return true;
    }
  }

  /** The directory of a RocksDB state store. */
  public static Finding state(Path directory) {
    if (!Files.exists(directory.resolve("CURRENT"))) {
      return Finding.ok("state", directory + " holds none yet");
    }
    return isLocked(directory.resolve("LOCK"))
        ? Finding.ok("state", directory + " belongs to a scheduler that runs")
        : Finding.ok("state", directory + " is there; the next scheduler goes on with its jobs");
  }
}
