package io.mangonel.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of ours as a process of its own, with its output in files. */
public record MangonelProcess(Process process, Path out, Path err) implements AutoCloseable {
  private static final List<String> JVM_OPTIONS =
      List.of(
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          // Many short lives on few cores: the first compiler alone gets them ready sooner.
          "-XX:TieredStopAtLevel=1",
          // And neither threads of a collector nor checks of what the compiler has just made.
          "-XX:+UseSerialGC",
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:-BytecodeVerificationRemote");

  private static final List<String> INTERRUPTIBLE = interruptible();

  /**
   * Starts {@code mangonel}.
   *
   * @param current its current directory
   * @param files where its output goes
   */
  public static MangonelProcess start(Path current, Path files, List<String> arguments)
      throws IOException {
    return start(current, files, "io.mangonel.cli.Main", arguments);
  }

  /** Starts the program of {@code mainClass}, which may be a test's. */
  public static MangonelProcess start(
      Path current, Path files, String mainClass, List<String> arguments) throws IOException {
    return startCommand(current, files, command(List.of(), mainClass, arguments));
  }

  /** Starts a command as {@link #command} has it. */
  public static MangonelProcess startCommand(Path current, Path files, List<String> command)
      throws IOException {
    Path out = files.resolve("out.txt");
    Path err = files.resolve("err.txt");
    List<String> whole = new ArrayList<>(INTERRUPTIBLE);
    whole.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(whole)
            .directory(current.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    return new MangonelProcess(builder.start(), out, err);
  }

  /**
   * What starts a command with SIGINT as it is by default, where {@code env} can do that; else
   * nothing. What a shell starts in the background ignores it, and so does all that a Maven starts
   * there.
   */
  private static List<String> interruptible() {
    List<String> prefix = List.of("env", "--default-signal=INT");
    List<String> attempt = new ArrayList<>(prefix);
    attempt.add("true");
    try {
      Process process = new ProcessBuilder(attempt).redirectErrorStream(true).start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? prefix : List.of();
    } catch (IOException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  /**
   * The command that runs a program with this test's classes.
   *
   * @param options of the JVM, over the usual ones
   */
  public static List<String> command(
      List<String> options, String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_OPTIONS);
    command.addAll(options);
    command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }

  public String output() {
    return read(out);
  }

  public String errors() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
