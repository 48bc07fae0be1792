package io.mangonel.workbench.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mangonel.cli.options.BuildVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tar.gz, unpacked elsewhere and run from another directory. */
class DistributionTest {
  private static final long MAX_S = 120;

  @TempDir Path directory;

  /** The archive of this build: none of its classes is newer. */
  private static Optional<Path> archive() throws IOException {
    Path target = Path.of("").toAbsolutePath().resolveSibling("engine").resolve("target");
    Path classes = target.resolve("classes");
    if (!Files.isDirectory(classes)) {
      return Optional.empty();
    }
    FileTime compiled = newest(classes, ".*\\.class").orElseThrow();
    try (Stream<Path> files = Files.list(target)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().matches("mangonel-\\d.*\\.tar\\.gz")
            && Files.getLastModifiedTime(file).compareTo(compiled) >= 0) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<FileTime> newest(Path tree, String name) throws IOException {
    Optional<FileTime> newest = Optional.empty();
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.filter(f -> f.getFileName().toString().matches(name)).toList()) {
        FileTime time = Files.getLastModifiedTime(file);
        if (newest.isEmpty() || newest.get().compareTo(time) < 0) {
          newest = Optional.of(time);
        }
      }
    }
    return newest;
  }

  private Process start(String name, List<String> command) throws IOException {
    Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(elsewhere.toFile())
            .redirectOutput(directory.resolve(name + ".out").toFile())
            .redirectError(directory.resolve(name + ".err").toFile());
    builder.environment().put("MANGONEL_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("MANGONEL_CONFIG", "none");
    return builder.start();
  }

  private String run(String name, List<String> command) throws Exception {
    Process process = start(name, command);
    try {
      assertThat(process.waitFor(MAX_S, TimeUnit.SECONDS)).as(name).isTrue();
      assertThat(process.exitValue())
          .as(Files.readString(directory.resolve(name + ".err")))
          .isZero();
      return Files.readString(directory.resolve(name + ".out"));
    } finally {
      process.destroyForcibly();
    }
  }

  private static Set<Path> files(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      return files.collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void itRunsWhereItIsPutAndWritesNothingThere() throws Exception {
    Optional<Path> archive = archive();
    if (!"all".equals(System.getProperty("mangonel.require"))) {
      assumeTrue(archive.isPresent(), "no archive of this build: it is made by 'mvn package'");
    }
    Path installed = Files.createDirectory(directory.resolve("installed"));
    run("tar", List.of("tar", "xzf", archive.orElseThrow().toString(), "-C", installed.toString()));
    Path home;
    try (Stream<Path> roots = Files.list(installed)) {
      home = roots.findFirst().orElseThrow();
    }
    assertThat(home.resolve("LICENSE")).exists();
    assertThat(home.resolve("docs/operations.md")).exists();
    Set<Path> before = files(home);
    String program = home.resolve("bin/mangonel").toString();
    assertThat(run("version", List.of(program, "--version")))
        .startsWith(String.join("\n", List.of(BuildVersion.read().lines()).subList(0, 2)))
        .containsPattern("DuckDB \\d")
        .containsPattern("Java \\d");
    assertThat(run("sql", List.of(program, "sql", "--format", "csv", "-c", "SELECT 42 AS answer")))
        .isEqualTo("answer\n42\n");
    List<String> command = new ArrayList<>(List.of(program, "standalone", "--port", "0"));
    command.addAll(List.of("--http-port", "0", "--dir", directory.resolve("state").toString()));
    Process server = start("server", command);
    try {
      await()
          .atMost(Duration.ofSeconds(MAX_S))
          .until(() -> Files.readString(directory.resolve("server.out")).startsWith("ready "));
    } finally {
      server.destroy();
      assertThat(server.waitFor(MAX_S, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(files(home)).isEqualTo(before);
  }
}
