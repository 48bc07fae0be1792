package io.mangonel.shuffle;

import io.mangonel.core.task.OutputFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Whether files are still what was written. A file is read for that once, and again when its size
 * or time changed. Thread-safe.
 */
public final class Checksums {
  /** Guarded by itself: the least recently asked first. */
  private final Map<Path, Seen> seen = new LinkedHashMap<>(16, 0.75f, true);

  private record Seen(long bytes, Object modified, long checksum) {}

  /** CRC-32C of a whole file. */
  public static long of(Path file) throws IOException {
    CRC32C checksum = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocateDirect(Limits.CHECKSUM_BUFFER_BYTES);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(buffer) >= 0) {
        checksum.update(buffer.flip());
        buffer.clear();
      }
    }
    return checksum.getValue();
  }

  /** Whether {@code path} has the size and checksum of {@code file}. */
  boolean isIntact(Path path, OutputFile file) throws IOException {
    return Files.size(path) == file.bytes() && isIntact(path, file.checksum());
  }

  /** Whether a file has this checksum; one without a checksum is believed. */
  public boolean isIntact(Path path, long checksum) throws IOException {
    if (checksum == OutputFile.NO_CHECKSUM) {
      return true;
    }
    long bytes = Files.size(path);
    Object modified = Files.getLastModifiedTime(path);
    synchronized (seen) {
      Seen known = seen.get(path);
      if (known != null && known.bytes == bytes && known.modified.equals(modified)) {
        return known.checksum == checksum;
      }
    }
    long found = of(path);
    synchronized (seen) {
      seen.put(path, new Seen(bytes, modified, found));
      if (seen.size() > Limits.CHECKSUMS_MAX) {
        seen.remove(seen.keySet().iterator().next());
      }
    }
    return found == checksum;
  }
}
