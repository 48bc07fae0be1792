package io.mangonel.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./mangonel} in a checkout of its own, where all JDKs that it can find are made up: each is
 * a release file and a script.
 */
class LauncherTest {
  private static final int MAX_S = 30;

  /** Where the script looks for JDKs of the machine. */
  private static final String SYSTEM_JDKS = "(?<= )/(usr|opt|Library)/\\S*\\*\\S*";

  /** What the script needs before it has found a JDK. */
  private static final List<String> TOOLS =
      List.of(
          "bash",
          "env",
          "flock",
          "readlink",
          "dirname",
          "sed",
          "head",
          "cat",
          "find",
          "mkdir",
          "mv",
          "rm",
          "ls",
          "wc",
          "cksum");

  @TempDir Path directory;
  private Path script = Path.of("");

  private record Outcome(int code, String out, String err) {}

  @BeforeEach
  void copy() throws IOException {
    Path original = Path.of("").toAbsolutePath().resolveSibling("mangonel");
    String text =
        Files.readString(original)
            .replaceFirst(SYSTEM_JDKS, directory + "/jvm/*")
            .replaceAll(SYSTEM_JDKS, directory + "/none/*");
    assertThat(text).contains(" " + directory + "/jvm/* " + directory + "/none/*");
    Path home = Files.createDirectories(directory.resolve("checkout"));
    script = executable(home.resolve("mangonel"), text);
    Files.createDirectories(directory.resolve("jvm"));
    Path tools = Files.createDirectories(directory.resolve("tools"));
    for (String tool : TOOLS) {
      Path found =
          Arrays.stream(System.getenv("PATH").split(":", -1))
              .map(folder -> Path.of(folder, tool))
              .filter(Files::isExecutable)
              .findFirst()
              .orElseThrow();
      executable(tools.resolve(tool), "#!/bin/sh\nexec " + found + " \"$@\"\n");
    }
  }

  private static Path executable(Path file, String text) throws IOException {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path jdk(String version) throws IOException {
    Path home = directory.resolve("jvm").resolve("jdk-" + version);
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + ".0.1\"\n");
    executable(home.resolve("bin/java"), "#!/bin/sh\necho java " + version + " \"$@\"\nexit 7\n");
    executable(home.resolve("bin/javac"), "#!/bin/sh\n");
    return home.toRealPath();
  }

  /** A checkout as it is after a build. */
  private void built() throws IOException {
    Path home = directory.resolve("checkout");
    Files.createDirectories(home.resolve("engine/src/main"));
    Files.createDirectories(home.resolve("engine/target/classes"));
    Files.createDirectories(home.resolve("target/launcher"));
    long nowS = Instant.now().getEpochSecond();
    int age = 30;
    for (String file :
        List.of(
            "pom.xml",
            "engine/pom.xml",
            "engine/target/classpath.txt",
            "target/launcher/engine.jar")) {
      Files.writeString(home.resolve(file), "x.jar");
      Files.setLastModifiedTime(
          home.resolve(file), FileTime.from(Instant.ofEpochSecond(nowS - age--)));
    }
    Files.setLastModifiedTime(
        home.resolve("engine/src/main"), FileTime.from(Instant.ofEpochSecond(nowS - 60)));
  }

  private Outcome run(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().put("PATH", directory.resolve("tools").toString());
    builder.environment().put("HOME", directory.resolve("user").toString());
    builder.environment().putIfAbsent("MANGONEL_ARCHIVE", "off");
    Path out = directory.resolve("out.txt");
    Path err = directory.resolve("err.txt");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      assertThat(process.waitFor(MAX_S, TimeUnit.SECONDS)).isTrue();
      return new Outcome(
          process.exitValue(),
          Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8));
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void withJava17AloneItSaysWhatItNeedsAndWhatItFound() throws Exception {
    Path old = jdk("17");
    assertThat(run(Map.of(), "demo"))
        .isEqualTo(
            new Outcome(
                2,
                "",
                "mangonel: needs a JDK 25 or newer; found Java 17 in "
                    + old
                    + ". Install one or set MANGONEL_JAVA_HOME.\n"));
  }

  @Test
  void withoutAnyJavaItSaysSo() throws Exception {
    Outcome outcome = run(Map.of(), "demo");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).startsWith("mangonel: needs a JDK 25 or newer; found none.");
  }

  @Test
  void aJavaWithoutACompilerIsNoJdk() throws Exception {
    Path runtime = jdk("25");
    Files.delete(runtime.resolve("bin/javac"));
    assertThat(run(Map.of(), "demo").err())
        .contains("found Java 25 without a compiler in " + runtime);
  }

  @Test
  void anOldJdkThatIsNamedIsRefusedThoughAnotherIsThere() throws Exception {
    Path old = jdk("17");
    jdk("25");
    Outcome outcome = run(Map.of("MANGONEL_JAVA_HOME", old.toString()), "demo");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .isEqualTo(
            "mangonel: needs a JDK 25 or newer; MANGONEL_JAVA_HOME names Java 17 in "
                + old
                + ".\n");
  }

  @Test
  void itBecomesTheNewerJavaWithTheArgumentsAndItsExitCode() throws Exception {
    jdk("17");
    jdk("25");
    built();
    Outcome outcome = run(new TreeMap<>(Map.of("JAVA_HOME", "/nowhere")), "sql", "-c", "a b");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isEqualTo(7);
    assertThat(outcome.out())
        .startsWith("java 25 --add-opens")
        .endsWith(" io.mangonel.cli.Main sql -c a b\n");
  }

  /** Java would take every other file name for broken. */
  @Test
  void withoutALocaleFileNamesAreUtf8() throws Exception {
    executable(jdk("25").resolve("bin/java"), "#!/bin/sh\necho locale $LC_ALL\n");
    built();
    assertThat(run(new TreeMap<>(), "sql").out()).isEqualTo("locale C.UTF-8\n");
    assertThat(run(Map.of("LANG", "C"), "sql").out()).isEqualTo("locale C.UTF-8\n");
    assertThat(run(Map.of("LANG", "de_DE.UTF-8"), "sql").out()).isEqualTo("locale\n");
  }

  @Test
  void aCheckoutThatCannotBeWrittenIsNamed() throws Exception {
    jdk("25");
    Files.writeString(directory.resolve("checkout/target"), "in the way");
    Outcome outcome = run(Map.of(), "sql");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err())
        .isEqualTo(
            "mangonel: must build, but cannot write to "
                + directory.toRealPath().resolve("checkout/target/launcher")
                + "\n");
  }

  @Test
  void withoutMavenItCannotBuildAndSaysSo() throws Exception {
    jdk("25");
    Outcome outcome = run(Map.of(), "sql");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).isEqualTo("mangonel: needs Maven (mvn) on the PATH to build.\n");
  }

  /** A jar command that knows what is in the drivers' jars. */
  private void jar(Path jdk, String program) throws IOException {
    executable(jdk.resolve("bin/jar"), "#!/bin/sh\n" + program);
    Path checkout = directory.resolve("checkout");
    Files.delete(checkout.resolve("target/launcher/engine.jar"));
    Files.writeString(directory.resolve("duckdb_jdbc-2.jar"), "driver");
    Files.writeString(directory.resolve("rocksdbjni-11.jar"), "driver");
    Path classpath = checkout.resolve("engine/target/classpath.txt");
    FileTime built = Files.getLastModifiedTime(classpath);
    Files.writeString(
        classpath, directory + "/duckdb_jdbc-2.jar:x.jar:" + directory + "/rocksdbjni-11.jar");
    Files.setLastModifiedTime(classpath, built);
  }

  private static final String JAR =
      """
      case $1 in
        --create) : >"$3" ;;
        xf) shift 2; for entry in "$@"; do echo 12345 >"$entry"; done ;;
        cfM) echo small >"$2" ;;
      esac
      """;

  @Test
  void nativeLibrariesAreUnpackedOnceForAllProcesses() throws Exception {
    assumeTrue("amd64".equals(System.getProperty("os.arch")), "the launcher of another machine");
    Path jdk = jdk("25");
    built();
    jar(jdk, JAR);
    String unpacked = "-Djava.library.path=" + libraries();
    String out = run(Map.of(), "sql").out();
    assertThat(out).containsPattern(unpacked);
    assertThat(out).containsPattern("engine.jar:" + libraries() + "/duckdb_jdbc.jar:x.jar:");
    assertThat(out).doesNotContain("duckdb_jdbc-2.jar").contains("rocksdbjni-11.jar");
    assertThat(run(Map.of(), "sql").out()).isEqualTo(out);

    // One that is torn is made again, also when that did not go well at first.
    Path library = onlyNative().resolve("libduckdb_java.so");
    String whole = Files.readString(library);
    Files.writeString(library, "1");
    assertThat(run(Map.of(), "sql").out()).isEqualTo(out);
    assertThat(library).hasContent(whole);
    Files.delete(library);
    Path tries = Path.of(onlyNative() + ".tries");
    executable(jdk.resolve("bin/jar"), "#!/bin/sh\nexit 1\n");
    assertThat(run(Map.of(), "sql").out())
        .doesNotContain("java.library.path")
        .contains("duckdb_jdbc-2.jar");
    executable(jdk.resolve("bin/jar"), "#!/bin/sh\n" + JAR);
    assertThat(run(Map.of(), "sql").out()).doesNotContain("java.library.path");
    anHourAgo(tries);
    assertThat(run(Map.of(), "sql").out()).isEqualTo(out);
    assertThat(tries).doesNotExist();
    Files.writeString(directory.resolve("duckdb_jdbc-2.jar"), "a newer driver");
    assertThat(run(Map.of(), "sql").out()).containsPattern(unpacked).isNotEqualTo(out);
  }

  private static void anHourAgo(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(3_600)));
  }

  @Test
  void anArchiveThatWasNotMadeIsTriedAgainLaterAndNotForEver() throws Exception {
    Path jdk = jdk("25");
    built();
    Path trained = directory.resolve("trained");
    executable(
        jdk.resolve("bin/java"),
        "#!/bin/sh\ncase $* in *AOTCacheOutput*) echo x >>"
            + trained
            + " ;; *) echo java 25 \"$@\" ;; esac\n");
    executable(jdk.resolve("bin/jar"), "#!/bin/sh\n[ $1 != --create ] || : >\"$3\"\n");
    Files.delete(directory.resolve("checkout/target/launcher/engine.jar"));
    Map<String, String> on = Map.of("MANGONEL_ARCHIVE", "on");
    for (int start = 1; start <= 5; start++) {
      assertThat(run(on, "sql").out()).startsWith("java 25").doesNotContain("AOTCache=");
      assertThat(run(on, "sql").code()).isZero();
      assertThat(trained).hasContent("x\n".repeat(Math.min(start, 3)));
      try (Stream<Path> files = Files.list(directory.resolve("checkout/target/launcher"))) {
        anHourAgo(
            files.filter(file -> file.toString().endsWith(".tries")).findFirst().orElseThrow());
      }
    }
  }

  @Test
  void aDistributionNeedsARuntimeOnlyAndBuildsNothing() throws Exception {
    Path runtime = jdk("25");
    Files.delete(runtime.resolve("bin/javac"));
    Path home = Files.createDirectories(directory.resolve("installed/bin"));
    Files.createDirectories(directory.resolve("installed/lib"));
    script = executable(home.resolve("mangonel"), Files.readString(script));
    Outcome outcome = run(Map.of(), "sql", "-c", "a b");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isEqualTo(7);
    assertThat(outcome.out())
        .contains("-cp " + directory.resolve("installed").toRealPath() + "/lib/*")
        .doesNotContain("mangonel.home")
        .endsWith(" io.mangonel.cli.Main sql -c a b\n");
    try (Stream<Path> files = Files.walk(directory.resolve("installed"))) {
      assertThat(files.filter(Files::isRegularFile)).containsExactly(script);
    }
  }

  @Test
  void withoutUnpackedLibrariesItStartsAllTheSame() throws Exception {
    Path jdk = jdk("25");
    built();
    jar(jdk, "case $1 in --create) : >\"$3\" ;; *) exit 1 ;; esac\n");
    Outcome outcome = run(Map.of(), "sql", "-c", "x");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isEqualTo(7);
    assertThat(outcome.out())
        .contains("duckdb_jdbc-2.jar")
        .doesNotContain("java.library.path")
        .endsWith(" io.mangonel.cli.Main sql -c x\n");
  }

  private static String libraries() {
    return "\\S+/checkout/target/launcher/native-\\d+";
  }

  private Path onlyNative() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("checkout/target/launcher"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("native-\\d+"))
          .reduce((_, _) -> Path.of("two"))
          .orElseThrow();
    }
  }
}
