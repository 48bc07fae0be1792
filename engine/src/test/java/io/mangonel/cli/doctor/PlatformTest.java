package io.mangonel.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {
  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, false, true",
    "Linux, aarch64, false, true",
    "Mac OS X, aarch64, false, true",
    "Mac OS X, x86_64, false, false",
    "Linux, amd64, true, false",
    "Linux, riscv64, false, false",
    "Windows 11, amd64, false, false"
  })
  void whereItRuns(String system, String architecture, boolean musl, boolean runs) {
    assertThat(Platform.unsupported(system, architecture, musl).isEmpty()).isEqualTo(runs);
    Platform.unsupported(system, architecture, musl)
        .ifPresent(why -> assertThat(why).contains(architecture, Platform.SUPPORTED));
  }

  /** What {@link Platform} promises is in the jars. */
  @Test
  void theJarsHaveTheLibrariesOfAllOfThem() throws IOException {
    Set<String> entries = new TreeSet<>();
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    for (String element : path.split(java.io.File.pathSeparator, -1)) {
      if (element.matches(".*/(duckdb_jdbc|rocksdbjni|arrow-c-data)-[^/]*\\.jar")) {
        try (JarFile jar = new JarFile(element)) {
          jar.stream().forEach(entry -> entries.add(entry.getName()));
        }
      }
    }
    assertThat(entries)
        .containsAll(
            List.of(
                "libduckdb_java.so_linux_amd64",
                "libduckdb_java.so_linux_arm64",
                "libduckdb_java.so_macos_arm64",
                "librocksdbjni-linux64.so",
                "librocksdbjni-linux-aarch64.so",
                "librocksdbjni-osx-arm64.jnilib",
                "arrow_cdata_jni/x86_64/libarrow_cdata_jni.so",
                "arrow_cdata_jni/aarch_64/libarrow_cdata_jni.so",
                "arrow_cdata_jni/aarch_64/libarrow_cdata_jni.dylib"));
  }

  @Test
  void theOtherClockIsOnlyBlamedForWhatTheQuestionDidNotTake() {
    assertThat(PeerChecks.clock("p", 1_500, 1_000, 2_000).grade()).isEqualTo(Finding.Grade.ok);
    assertThat(PeerChecks.clock("p", 5_000, 1_000, 2_000).detail()).isEqualTo("3000 ms ahead");
    assertThat(PeerChecks.clock("p", 5_000, 1_000, 2_000).grade()).isEqualTo(Finding.Grade.warn);
    assertThat(PeerChecks.clock("p", 0, 100_000, 100_001).grade()).isEqualTo(Finding.Grade.fail);
    assertThat(MachineChecks.memory(2, 6L << 30, 8L << 30).grade()).isEqualTo(Finding.Grade.warn);
    assertThat(MachineChecks.openFiles(1_024).grade()).isEqualTo(Finding.Grade.warn);
    assertThat(PeerChecks.sameVersion("2.0.0.1", "v2.0.0")).isTrue();
    assertThat(PeerChecks.sameVersion("2.0.0.1", "v2.1.0")).isFalse();
  }
}
