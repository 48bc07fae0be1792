package io.mangonel.cli.doctor;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.c.jni.JniLoader;
import org.rocksdb.NativeLibraryLoader;

/** Java, native libraries, memory and what the operating system allows. */
public final class MachineChecks {
  private static final int JAVA_MIN = 25;
  private static final long OPEN_FILES_MIN = 4_096;

  /** What JVMs and the system need beside the executors' DuckDBs. */
  private static final double MEMORY_SHARE_MAX = 0.85;

  private MachineChecks() {}

  /**
   * @param executors that this machine is to run, with {@code memoryBytes} each
   */
  public static List<Finding> run(int executors, long memoryBytes) {
    List<Finding> findings = new ArrayList<>();
    findings.add(java());
    findings.add(
        Platform.unsupportedHere()
            .map(why -> Finding.fail("platform", why, "use another machine, or a container"))
            .orElseGet(
                () ->
                    Finding.ok(
                        "platform",
                        System.getProperty("os.name") + " on " + System.getProperty("os.arch"))));
    findings.add(library("DuckDB", MachineChecks::duckDb));
    findings.add(library("RocksDB", MachineChecks::rocksDb));
    findings.add(library("Arrow", MachineChecks::arrow));
    findings.add(memory(executors, memoryBytes, totalMemoryBytes()));
    findings.add(openFiles(openFilesMax()));
    return findings;
  }

  private static Finding java() {
    String version = String.valueOf(Runtime.version());
    if (Runtime.version().feature() < JAVA_MIN) {
      return Finding.fail(
          "java", version, "install Java " + JAVA_MIN + " and set MANGONEL_JAVA_HOME to it");
    }
    List<String> options = ManagementFactory.getRuntimeMXBean().getInputArguments();
    boolean opened = options.stream().anyMatch(option -> option.contains("java.base/java.nio"));
    return opened
        ? Finding.ok("java", version)
        : Finding.warn("java", version + " without our options", "start it with bin/mangonel");
  }

  private interface Load {
    String version() throws SQLException, IOException;
  }

  private static Finding library(String name, Load load) {
    try {
      return Finding.ok("library " + name, load.version());
    } catch (SQLException | IOException | LinkageError | RuntimeException e) {
      return Finding.fail(
          "library " + name,
          "does not load: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          "see that "
              + System.getProperty("java.io.tmpdir")
              + " is writable and not mounted noexec; in a checkout, remove target/launcher/native-*");
    }
  }

  private static String duckDb() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:")) {
      return connection.getMetaData().getDatabaseProductVersion();
    }
  }

  private static String rocksDb() throws IOException {
    Path directory = Files.createTempDirectory("mangonel-doctor-");
    try {
      NativeLibraryLoader.getInstance().loadLibrary(directory.toString());
      return "loads";
    } finally {
      try (var files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    }
  }

  private static String arrow() {
    JniLoader.get().ensureLoaded();
    return "loads";
  }

  static Finding memory(int executors, long memoryBytes, long machineBytes) {
    String detail =
        "%d executors would take %d MB each of %d MB"
            .formatted(executors, memoryBytes >> 20, machineBytes >> 20);
    return executors * (double) memoryBytes > machineBytes * MEMORY_SHARE_MAX
        ? Finding.warn(
            "memory", detail, "give less with --memory: JVMs and the system need some, too")
        : Finding.ok("memory", detail);
  }

  private static long totalMemoryBytes() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean machine
        ? machine.getTotalMemorySize()
        : Runtime.getRuntime().maxMemory();
  }

  static Finding openFiles(long max) {
    if (max < 0) {
      return Finding.warn("open files", "unknown here", "see that 'ulimit -n' is 65536");
    }
    return max < OPEN_FILES_MIN
        ? Finding.warn(
            "open files", "at most " + max, "raise it: 'ulimit -n 65536', or LimitNOFILE")
        : Finding.ok("open files", "at most " + max);
  }

  private static long openFilesMax() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : -1;
  }
}
