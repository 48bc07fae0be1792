package io.mangonel.executor.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Libraries that killed processes left in the temporary directory. */
final class NativeLibraryTest {
  @TempDir Path directory;

  @Test
  void onlyWhatNobodyUsesIsDeleted() throws Exception {
    Path left = file("libduckdb_java123.so", Duration.ofHours(1));
    Path mapped = file("libduckdb_java456.so", Duration.ofHours(1));
    Path young = file("libduckdb_java789.so", Duration.ZERO);
    Path arrow = file("jnilib-123.tmp", Duration.ofHours(1));
    Path rocksDb = file("librocksdbjni123.so", Duration.ofHours(1));
    Path other = file("jnilib-of-another.tmp", Duration.ofHours(1));
    try (FileChannel channel = FileChannel.open(mapped);
        Arena arena = Arena.ofConfined()) {
      assertThat(channel.map(FileChannel.MapMode.READ_ONLY, 0, 4, arena).byteSize()).isEqualTo(4);
      NativeLibrary.sweep(directory);
      assertThat(left).doesNotExist();
      assertThat(arrow).doesNotExist();
      assertThat(rocksDb).doesNotExist();
      assertThat(mapped).exists();
    }
    NativeLibrary.sweep(directory);
    assertThat(mapped).doesNotExist();
    assertThat(young).exists();
    assertThat(other).exists();
  }

  private Path file(String name, Duration age) throws Exception {
    Path file = Files.write(directory.resolve(name), new byte[4096]);
    return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
  }
}
