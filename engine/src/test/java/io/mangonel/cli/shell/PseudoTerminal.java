package io.mangonel.cli.shell;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jline.utils.ScreenTerminal;

/** A program on a pseudo terminal, and the screen that a person would see. */
final class PseudoTerminal implements AutoCloseable {
  /** Of util-linux: makes the terminal. */
  private static final String SCRIPT = "script";

  private static final long SHOWN_MAX_MS = 5_000;

  private final Process process;
  private final ScreenTerminal screen;
  private final StringBuilder raw = new StringBuilder();

  /** Where the last text that was awaited begins; guarded by raw. */
  private int awaited = -1;

  private final CountDownLatch shown = new CountDownLatch(1);

  private PseudoTerminal(Process process, ScreenTerminal screen) {
    this.process = process;
    this.screen = screen;
  }

  /** Whether this machine has the program, with the options of util-linux. */
  static boolean isSupported() {
    try {
      Process asked = new ProcessBuilder(SCRIPT, "--version").redirectErrorStream(true).start();
      try (var out = asked.inputReader()) {
        return out.lines().anyMatch(line -> line.contains("util-linux"));
      }
    } catch (IOException e) {
      return false;
    }
  }

  /** Starts {@code command} in {@code directory}, where it leaves a file. */
  static PseudoTerminal start(
      Path directory, Map<String, String> environment, int columns, int rows, List<String> command)
      throws IOException {
    String quoted =
        command.stream()
            .map(word -> "'" + word.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
    Path run =
        Files.writeString(
            Files.createTempFile(directory, "run", ".sh"),
            "stty cols " + columns + " rows " + rows + "\nexec " + quoted + "\n");
    ProcessBuilder builder =
        new ProcessBuilder(SCRIPT, "-qefc", "exec sh " + run, "/dev/null")
            .directory(directory.toFile())
            .redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("MANGONEL_"));
    builder.environment().remove("NO_COLOR");
    // What runs the line. One that stays there, as dash does without "exec", gets every Ctrl-C,
    // too,
    // and then ends with 130 whatever the program's code.
    builder.environment().put("SHELL", "/bin/sh");
    builder.environment().putAll(environment);
    PseudoTerminal terminal =
        new PseudoTerminal(builder.start(), new ScreenTerminal(columns, rows));
    Thread.ofPlatform().daemon().name("screen").start(terminal::show);
    return terminal;
  }

  private void show() {
    char[] buffer = new char[4096];
    try (Reader in = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)) {
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        String text = new String(buffer, 0, length);
        synchronized (raw) {
          raw.append(text);
          raw.notifyAll();
        }
        screen.write(text);
        String answer = screen.read();
        if (!answer.isEmpty()) {
          type(answer);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // The program has ended, and its terminal with it.
      return;
    } finally {
      shown.countDown();
    }
  }

  /** Waits, for a short time, until the output of a program that has ended is on the screen. */
  void awaitAllShown() throws InterruptedException {
    boolean _ = shown.await(SHOWN_MAX_MS, TimeUnit.MILLISECONDS);
  }

  /** Whether {@code text} is sent once more within {@code timeoutMs} after the last call. */
  boolean awaitMore(String text, long timeoutMs) throws InterruptedException {
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    synchronized (raw) {
      int found = raw.lastIndexOf(text);
      while (found <= awaited) {
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
        if (leftMs <= 0) {
          return false;
        }
        raw.wait(leftMs);
        found = raw.lastIndexOf(text);
      }
      awaited = found;
      return true;
    }
  }

  /** Types keys; Enter is a line feed here. */
  void type(String keys) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.writeBytes(keys.replace('\n', '\r').getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().write(bytes.toByteArray());
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the screen shows, without blanks at the ends of lines. */
  String text() {
    return screen.toString().lines().map(String::stripTrailing).collect(Collectors.joining("\n"));
  }

  /** The last line that is not empty. */
  String lastLine() {
    return text().lines().filter(line -> !line.isBlank()).reduce("", (_, line) -> line);
  }

  /** All that was ever sent to the terminal. */
  String raw() {
    synchronized (raw) {
      return raw.toString();
    }
  }

  Process process() {
    return process;
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
