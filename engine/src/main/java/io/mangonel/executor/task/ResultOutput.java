package io.mangonel.executor.task;

import io.mangonel.core.Bytes;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Bytes that stay in memory up to a bound and go to a file from there on. */
final class ResultOutput extends OutputStream {
  private final Path file;
  private final int memoryBytesMax;
  private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
  private @Nullable OutputStream inFile;
  private final CRC32C checksum = new CRC32C();
  private long bytes;

  /**
   * @param file made only when needed, with its directory
   */
  ResultOutput(Path file, int memoryBytesMax) {
    this.file = file;
    this.memoryBytesMax = memoryBytesMax;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    if (inFile == null && bytes + length > memoryBytesMax) {
      Files.createDirectories(Objects.requireNonNull(file.getParent(), "directory of the file"));
      inFile = new BufferedOutputStream(Files.newOutputStream(file));
      memory.writeTo(inFile);
      memory.reset();
    }
    OutputStream target = inFile == null ? memory : inFile;
    target.write(source, offset, length);
    checksum.update(source, offset, length);
    bytes += length;
  }

  @Override
  public void close() throws IOException {
    if (inFile != null) {
      inFile.close();
    }
  }

  boolean isInFile() {
    return inFile != null;
  }

  /** Everything written, when it is not in the file. */
  Bytes inline() {
    return Bytes.of(memory.toByteArray());
  }

  /** CRC-32C of everything written. */
  long checksum() {
    return checksum.getValue();
  }

  long bytes() {
    return bytes;
  }
}
