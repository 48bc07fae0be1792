package io.mangonel.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Python's ADBC driver with pyarrow and pandas, in an environment that the test makes once. */
class PythonClientTest {
  private static final Path ENVIRONMENT = Path.of("target/clients/python").toAbsolutePath();
  private static final Path READY = ENVIRONMENT.resolve("ready");
  private static final Path SCRIPT = Path.of("src/test/resources/clients/flightsql.py");
  private static final List<String> PACKAGES =
      List.of(
          "adbc-driver-flightsql==1.13.0",
          "adbc-driver-manager==1.13.0",
          "pyarrow==26.0.1",
          "pandas==3.1.1");
  private static final long INSTALL_MAX_S = 400;
  private static final long RUN_MAX_S = 300;

  @TempDir Path directory;

  @Test
  void aPythonClientWorks() throws Exception {
    Path python = environment();
    try (ClientCluster cluster = new ClientCluster(directory)) {
      String output =
          run(
              RUN_MAX_S,
              List.of(python.toString(), SCRIPT.toString(), "grpc://127.0.0.1:" + cluster.port()));
      assertThat(output).endsWith("all right\n");
    }
  }

  private static Path environment() throws IOException, InterruptedException {
    Path python = ENVIRONMENT.resolve("bin/python");
    if (Files.exists(READY)) {
      return python;
    }
    try {
      run(INSTALL_MAX_S, List.of("python3", "-m", "venv", ENVIRONMENT.toString()));
      List<String> install =
          new ArrayList<>(
              List.of(python.toString(), "-m", "pip", "install", "--quiet", "--only-binary=:all:"));
      install.addAll(PACKAGES);
      run(INSTALL_MAX_S, install);
    } catch (IOException | AssertionError e) {
      String missing = "needs Python 3.11 or newer, with venv, and " + PACKAGES + ": " + e;
      if (System.getProperty("mangonel.require", "").equals("all")) {
        fail(missing);
      }
      abort(missing);
    }
    Files.createFile(READY);
    return python;
  }

  private static String run(long maxSeconds, List<String> command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("python", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(maxSeconds, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " takes more than " + maxSeconds + " s");
      }
      String text = Files.readString(output, StandardCharsets.UTF_8);
      assertThat(process.exitValue()).as(text).isZero();
      return text;
    } finally {
      Files.delete(output);
    }
  }
}
