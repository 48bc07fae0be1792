package io.mangonel.cli.demo;

import io.mangonel.cli.options.CommandFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A shell script that runs when this process has ended, however it ended: for what does not end
 * with its parent by itself. Ctrl-C, which reaches all processes of a terminal, does not end it.
 */
public final class Guard implements AutoCloseable {
  private static final long END_MAX_S = 5;

  private final Process process;

  private Guard(Process process) {
    this.process = process;
  }

  /**
   * Lies in wait with {@code script}.
   *
   * @param arguments {@code $1} and further in the script
   */
  public static Guard after(String script, List<String> arguments) {
    // The end of standard input is the end of this process: nobody writes.
    String whole = "trap '' INT TERM HUP; cat >/dev/null; " + script;
    List<String> command = new ArrayList<>(List.of("sh", "-c", whole, "guard"));
    command.addAll(arguments);
    try {
      return new Guard(
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      throw CommandFailure.failed("cannot start sh: " + e.getMessage());
    }
  }

  /**
   * Kills process {@code pid} then, if it is still the one that has {@code word} in its command.
   */
  public static Guard killing(long pid, String word) {
    return after(
        "grep -qsaF -- \"$2\" \"/proc/$1/cmdline\" && kill -9 \"$1\"",
        List.of(String.valueOf(pid), word));
  }

  /** It is not needed any more: the script does not run. */
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      var _ = process.waitFor(END_MAX_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
