package io.mangonel.workbench.chaos.network;

import io.mangonel.cli.options.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Short commands of the system. */
public final class Shell {
  private static final long MAX_S = 20;

  private Shell() {}

  /** What one said, on both streams, and how it ended. */
  public record Ended(int code, String output) {}

  /** Runs one to its end, which is near. */
  public static Ended run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(MAX_S, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Ended(-1, "no end within " + MAX_S + " s");
      }
      return new Ended(process.exitValue(), output);
    } catch (IOException e) {
      return new Ended(-1, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  /** As {@link #run}; throws when it fails. */
  public static String must(String... command) {
    Ended ended = run(command);
    if (ended.code() != 0) {
      throw CommandFailure.failed(String.join(" ", List.of(command)) + ": " + ended.output());
    }
    return ended.output();
  }
}
