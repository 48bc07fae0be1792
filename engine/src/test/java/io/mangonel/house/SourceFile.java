package io.mangonel.house;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * One source file, parsed.
 *
 * @param path relative to the repository
 */
record SourceFile(String path, String text, CompilationUnitTree tree, SourcePositions positions) {

  static List<SourceFile> ofRepository() throws IOException {
    Path root = Path.of("").toAbsolutePath().resolveSibling("");
    List<Code> codes = new ArrayList<>();
    for (String module : List.of("engine", "workbench")) {
      try (Stream<Path> files = Files.walk(root.resolve(module).resolve("src"))) {
        for (Path file :
            files.filter(file -> file.toString().endsWith(".java")).sorted().toList()) {
          codes.add(new Code(root.relativize(file).toString(), Files.readString(file)));
        }
      }
    }
    return parse(codes);
  }

  static SourceFile of(String path, String text) {
    return parse(List.of(new Code(path, text))).getFirst();
  }

  private static List<SourceFile> parse(List<Code> codes) {
    JavacTask task =
        (JavacTask)
            ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, _ -> {}, List.of("-proc:none"), null, codes);
    SourcePositions positions = Trees.instance(task).getSourcePositions();
    List<SourceFile> files = new ArrayList<>();
    try {
      for (CompilationUnitTree tree : task.parse()) {
        JavaFileObject code = tree.getSourceFile();
        String path = code.toUri().getPath().substring(1);
        files.add(new SourceFile(path, code.getCharContent(true).toString(), tree, positions));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return files;
  }

  boolean isMain() {
    return path.contains("/src/main/");
  }

  /** Without {@code io.mangonel.}; the root is "". */
  String packageName() {
    return relative(String.valueOf(tree.getPackageName()));
  }

  boolean isPackageInfo() {
    return path.endsWith("/package-info.java");
  }

  /** The packages of ours that its imports name, without {@code io.mangonel.}. */
  List<String> importedPackages() {
    List<String> packages = new ArrayList<>();
    for (ImportTree imported : tree.getImports()) {
      String name = imported.getQualifiedIdentifier().toString();
      if (name.startsWith("io.mangonel.")) {
        packages.add(relative(name.replaceAll("\\.[A-Z*].*", "")));
      }
    }
    return packages;
  }

  private static String relative(String name) {
    return name.replaceFirst("^io\\.mangonel\\.?", "");
  }

  List<String> lines() {
    return text.lines().toList();
  }

  long firstLine(Tree node) {
    return tree.getLineMap().getLineNumber(positions.getStartPosition(tree, node));
  }

  long lastLine(Tree node) {
    return tree.getLineMap().getLineNumber(positions.getEndPosition(tree, node));
  }

  String at(Tree node) {
    return path + ":" + firstLine(node) + ": ";
  }

  private static final class Code extends SimpleJavaFileObject {
    private final String text;

    private Code(String path, String text) {
      super(URI.create("source:///" + path), JavaFileObject.Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
