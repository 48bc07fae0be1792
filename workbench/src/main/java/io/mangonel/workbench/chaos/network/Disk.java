package io.mangonel.workbench.chaos.network;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A small file system in memory, for one directory, that can be filled up. Only for root. */
public final class Disk implements AutoCloseable {
  private static final int BLOCK_BYTES = 4096;

  private static final int LARGE_BYTES = 1 << 20;
  private static final int FILLS_MAX = 10;

  /** Less than this is nothing: a file needs a whole block. */
  private static final long FULL_BYTES = BLOCK_BYTES;

  private final Path directory;

  private Disk(Path directory) {
    this.directory = directory;
  }

  /** Makes the directory, empty, and mounts over it. */
  public static Disk mount(Path directory, int megabytes) throws IOException {
    Files.createDirectories(directory);
    var _ =
        Shell.must(
            "mount",
            "-t",
            "tmpfs",
            "-o",
            "size=" + megabytes + "m,mode=700",
            "chaos",
            "" + directory);
    return new Disk(directory);
  }

  private Path ballast() {
    return directory.resolve("ballast");
  }

  /** Takes what room there is now; who lives there may give some back meanwhile. */
  public void fill() {
    for (int i = 0; i < FILLS_MAX && !isFull(); i++) {
      fillOnce();
    }
  }

  private void fillOnce() {
    byte[] large = new byte[LARGE_BYTES];
    byte[] block = new byte[BLOCK_BYTES];
    try (OutputStream file =
        Files.newOutputStream(ballast(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (freeBytes() >= LARGE_BYTES) {
        file.write(large);
      }
      while (freeBytes() >= BLOCK_BYTES) {
        file.write(block);
      }
    } catch (IOException full) {
      // Another writer was faster: it is full.
    }
  }

  public boolean isFull() {
    return freeBytes() < FULL_BYTES;
  }

  private long freeBytes() {
    try {
      return Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives the room back. */
  public void release() {
    try {
      Files.deleteIfExists(ballast());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    var _ = Shell.run("umount", "-l", directory.toString());
  }
}
