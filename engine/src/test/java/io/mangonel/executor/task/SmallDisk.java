package io.mangonel.executor.task;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file system of a few megabytes. Only root may mount one. */
public record SmallDisk(Path path) implements AutoCloseable {
  /** Skips the test where it cannot be had, unless {@code -Dmangonel.require=all}. */
  public static SmallDisk mount(Path path, int megabytes) throws IOException {
    Files.createDirectories(path);
    String refusal =
        run(
            List.of(
                "mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", path.toString()));
    if (!refusal.isEmpty()) {
      String message = "a small disk cannot be mounted (root may): " + refusal;
      if (System.getProperty("mangonel.require", "").equals("all")) {
        throw new AssertionError(message);
      }
      abort(message);
    }
    return new SmallDisk(path);
  }

  /** What a command complains about; nothing when it worked. */
  private static String run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? "" : said.isBlank() ? "no reason given" : said.strip();
    } catch (IOException missing) {
      return String.valueOf(missing.getMessage());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  @Override
  public void close() throws IOException {
    String refusal = run(List.of("umount", path.toString()));
    if (!refusal.isEmpty()) {
      throw new IOException(refusal);
    }
  }
}
