package io.mangonel.workbench.mutants;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The repository's sources, and a compiler for single files of them. The sources stay as they are.
 */
final class Sources {
  private final Path root;
  private final Path engine;

  /**
   * @param root the repository
   */
  Sources(Path root) {
    this.root = root;
    this.engine = root.resolve("engine/src/main/java");
  }

  Path mutants() {
    return root.resolve("workbench/src/mutants");
  }

  Path scripts() {
    return root.resolve("engine/src/test/resources/core");
  }

  /** The files that drive the cores by text, without those that need a test framework. */
  List<Path> scriptRunner() throws IOException {
    try (Stream<Path> files =
        Files.list(root.resolve("engine/src/test/java/io/mangonel/core/script"))) {
      return files.filter(file -> !file.toString().endsWith("Test.java")).sorted().toList();
    }
  }

  /**
   * Writes the changed files below {@code to}, at their places below the source directory.
   *
   * @throws SourceEdit.MisfitException when an edit does not fit the sources any more
   */
  List<Path> plant(Mutant mutant, Path to) throws IOException {
    Map<Path, String> changed = new TreeMap<>();
    for (SourceEdit edit : mutant.edits()) {
      Path file = find(edit);
      String before = changed.containsKey(file) ? changed.get(file) : Files.readString(file);
      changed.put(file, edit.apply(before));
    }
    for (var file : changed.entrySet()) {
      Path copy = to.resolve(engine.relativize(file.getKey()).toString());
      Files.createDirectories(copy.getParent());
      Files.writeString(copy, file.getValue());
    }
    return changed.keySet().stream()
        .map(file -> to.resolve(engine.relativize(file).toString()))
        .toList();
  }

  private Path find(SourceEdit edit) throws IOException {
    long times = 0;
    Path place = engine;
    for (Path file : files(edit.where())) {
      long count = edit.count(Files.readString(file));
      times += count;
      place = count > 0 ? file : place;
    }
    if (times != 1) {
      throw new SourceEdit.MisfitException(
          "%d times in %s: %s".formatted(times, edit.where(), edit.wanted()));
    }
    return place;
  }

  private List<Path> files(String where) throws IOException {
    try (Stream<Path> files = Files.walk(engine)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> file.endsWith(where) || isIn(file.getParent(), where))
          .sorted()
          .toList();
    }
  }

  private static boolean isIn(@Nullable Path directory, String where) {
    return directory != null && directory.endsWith(where);
  }

  /**
   * Compiles files against a class path.
   *
   * @throws IllegalArgumentException with the compiler's words when they are no program
   */
  static void compile(List<Path> files, Path to, String classPath) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    var messages = new StringWriter();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      Iterable<? extends JavaFileObject> units = manager.getJavaFileObjectsFromPaths(files);
      List<String> options =
          List.of("-proc:none", "-nowarn", "-implicit:none", "-cp", classPath, "-d", to.toString());
      if (!compiler.getTask(messages, manager, null, options, null, units).call()) {
        throw new IllegalArgumentException(messages.toString().strip());
      }
    }
  }
}
