package io.mangonel.workbench.mutants;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Tries mutants in a directory of its own: the changed classes go before the real ones on the class
 * path of a process that runs the core's scripts, and of one that runs the simulation.
 */
final class Laboratory implements AutoCloseable {
  /** A mutant that hangs has no verdict: the simulation bounds its own runs. */
  private static final long PROCESS_MAX_S = 300;

  private static final String SCRIPT_RUNNER = "io.mangonel.core.script.ScriptRunner";
  private static final String PROGRAM = "io.mangonel.workbench.Workbench";

  private final Sources sources;
  private final long seeds;
  private final long seedsAfterScript;
  private final Path directory;
  private final Path runner;
  private final String classPath = System.getProperty("java.class.path");

  /** What a process left. */
  private record Ended(boolean inTime, int code, List<String> lines) {}

  /**
   * @param seeds of the simulation, at most, for a mutant
   * @param seedsAfterScript the same for one that a script caught
   */
  Laboratory(Sources sources, long seeds, long seedsAfterScript) throws IOException {
    this.sources = sources;
    this.seeds = seeds;
    this.seedsAfterScript = seedsAfterScript;
    this.directory = Files.createTempDirectory("mangonel-mutants");
    this.runner = Files.createDirectory(directory.resolve("script-runner"));
    Sources.compile(sources.scriptRunner(), runner, classPath);
  }

  /**
   * The real classes: scripts and simulation must pass, or no verdict means anything.
   *
   * @return what failed
   */
  Optional<String> control() throws IOException, InterruptedException {
    Path scratch = Files.createDirectory(directory.resolve("control"));
    var failed = scripts(scratch);
    return failed.isPresent() ? failed : simulation(scratch, Math.min(seeds, 100));
  }

  /** Whether it fits the sources and compiles. */
  Optional<String> misfit(Mutant mutant) throws IOException {
    try {
      compile(mutant, Files.createDirectories(directory.resolve(mutant.name())));
      return Optional.empty();
    } catch (SourceEdit.MisfitException | IllegalArgumentException misfit) {
      return Optional.of(String.valueOf(misfit.getMessage()));
    }
  }

  Verdict tried(Mutant mutant) throws IOException, InterruptedException {
    var misfit = misfit(mutant);
    if (misfit.isPresent()) {
      return new Verdict(mutant, Optional.empty(), Optional.empty(), misfit);
    }
    Path scratch = directory.resolve(mutant.name()).resolve("classes");
    try {
      var script = scripts(scratch);
      long most = script.isPresent() ? Math.min(seeds, seedsAfterScript) : seeds;
      return new Verdict(mutant, script, simulation(scratch, most), Optional.empty());
    } catch (NoVerdictException slow) {
      var trouble = Optional.of(String.valueOf(slow.getMessage()));
      return new Verdict(mutant, Optional.empty(), Optional.empty(), trouble);
    }
  }

  /** What the explorer says of a mutant. */
  Optional<String> explored(Mutant mutant, int depth, int deathsEvery)
      throws IOException, InterruptedException {
    compile(mutant, Files.createDirectories(directory.resolve(mutant.name())));
    return failure(
        run(
            directory.resolve(mutant.name()).resolve("classes"),
            List.of(
                PROGRAM,
                "explore",
                "--depth",
                "" + depth,
                "--faults",
                "1",
                "--deaths-every",
                "" + deathsEvery)));
  }

  private static final class NoVerdictException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NoVerdictException(String message) {
      super(message);
    }
  }

  private void compile(Mutant mutant, Path scratch) throws IOException {
    Path classes = Files.createDirectories(scratch.resolve("classes"));
    Sources.compile(sources.plant(mutant, scratch.resolve("sources")), classes, classPath);
  }

  private Optional<String> scripts(Path classes) throws IOException, InterruptedException {
    Ended ended = run(classes, List.of(SCRIPT_RUNNER, sources.scripts().toString()));
    return failure(ended);
  }

  private Optional<String> simulation(Path classes, long count)
      throws IOException, InterruptedException {
    Ended ended =
        run(
            classes,
            List.of(PROGRAM, "simulate", "--first", "0", "--seeds", "" + count, "--until-failure"));
    return failure(ended);
  }

  private static Optional<String> failure(Ended ended) {
    if (!ended.inTime) {
      throw new NoVerdictException("did not end within " + PROCESS_MAX_S + " s");
    }
    if (ended.code == 0) {
      return Optional.empty();
    }
    return ended.lines.stream()
        .filter(line -> line.startsWith("failed "))
        .findFirst()
        .map(line -> line.substring("failed ".length()))
        .or(
            () ->
                Optional.of(
                    "ended with code "
                        + ended.code
                        + ": "
                        + ended.lines.stream().findFirst().orElse("no word")));
  }

  private Ended run(Path classes, List<String> program) throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String path = String.join(File.pathSeparator, classes.toString(), runner.toString(), classPath);
    var command =
        new ArrayList<>(
            List.of(java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m", "-cp", path));
    command.addAll(program);
    Path output = Files.createTempFile(directory, "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean inTime = process.waitFor(PROCESS_MAX_S, TimeUnit.SECONDS);
      return new Ended(inTime, inTime ? process.exitValue() : -1, Files.readAllLines(output));
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** Deletes everything that was written. */
  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
