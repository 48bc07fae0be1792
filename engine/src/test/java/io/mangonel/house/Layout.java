package io.mangonel.house;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which package may import which, how large a package may be, and that none is in a cycle. */
final class Layout {
  private static final int PACKAGE_FILES_MAX = 20;

  private static final List<String> SHELL =
      List.of("core.*", "state.*", "planner.*", "catalog", "wire.*", "shuffle", "rows");

  /** A package, "x.*" with all below it, may import these; the longest name that fits counts. */
  private static final Map<String, List<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("core", List.of()),
          Map.entry("core.task", List.of("core")),
          Map.entry("core.graph", List.of("core", "core.task")),
          Map.entry("core.record", List.of("core", "core.task", "core.graph")),
          Map.entry("core.suspicion", List.of("core", "core.task")),
          Map.entry("core.space", List.of("core")),
          Map.entry(
              "core.owner",
              List.of(
                  "core",
                  "core.task",
                  "core.graph",
                  "core.record",
                  "core.space",
                  "core.suspicion")),
          Map.entry("core.agent", List.of("core", "core.task")),
          Map.entry("state", List.of("core", "files")),
          Map.entry("state.etcd", List.of("core", "state")),
          Map.entry("planner.*", List.of("planner.*", "core", "core.task", "core.graph")),
          Map.entry("catalog", List.of("core.*", "state", "planner.*")),
          Map.entry("wire", List.of("wire.proto", "core.*")),
          Map.entry("wire.proto", List.of()),
          Map.entry("wire.executor", List.of("wire", "wire.proto", "core.*")),
          Map.entry("wire.peer", List.of("wire", "wire.proto", "core.*")),
          Map.entry("wire.scheduler", List.of("wire.*", "core.*")),
          Map.entry("shuffle", List.of("core.*", "planner.*", "wire.*")),
          Map.entry("tpch", List.of("files")),
          Map.entry("rows", List.of()),
          Map.entry("files", List.of()),
          Map.entry("scheduler.*", plus(SHELL, "scheduler.*")),
          Map.entry("executor", List.of("executor.*", "core.*", "planner.*", "wire.*", "shuffle")),
          Map.entry(
              "executor.task",
              List.of(
                  "executor.work",
                  "executor.write",
                  "core",
                  "core.task",
                  "planner.*",
                  "wire",
                  "shuffle",
                  "files")),
          Map.entry(
              "executor.write", List.of("core", "core.task", "planner.stage", "shuffle", "files")),
          Map.entry(
              "executor.work", List.of("core", "core.agent", "core.task", "shuffle", "files")),
          Map.entry("flightsql.*", plus(SHELL, "flightsql.*", "scheduler.*", "web")),
          Map.entry("web.*", plus(SHELL, "web.*", "scheduler.*")),
          Map.entry("client", List.of("flightsql", "planner.*", "wire")),
          Map.entry("cli.*", List.of("*")),
          Map.entry("workbench.*", List.of("*")),
          Map.entry("", List.of()));

  private Layout() {}

  private static List<String> plus(List<String> base, String... more) {
    List<String> all = new ArrayList<>(base);
    all.addAll(List.of(more));
    return all;
  }

  static List<String> directions(List<SourceFile> files) {
    List<String> violations = new ArrayList<>();
    for (SourceFile file : files) {
      if (!file.isMain()) {
        continue;
      }
      List<String> allowed = allowedFor(file.packageName());
      for (String imported : file.importedPackages()) {
        if (!imported.equals(file.packageName()) && !fitsAny(allowed, imported)) {
          violations.add(file.path() + ": " + file.packageName() + " may not import " + imported);
        }
      }
    }
    return violations;
  }

  private static List<String> allowedFor(String packageName) {
    return MAY_IMPORT.entrySet().stream()
        .filter(entry -> fits(entry.getKey(), packageName))
        .max(Comparator.comparingInt(entry -> entry.getKey().length()))
        .map(Map.Entry::getValue)
        .orElse(List.of());
  }

  private static boolean fitsAny(List<String> patterns, String packageName) {
    return patterns.stream().anyMatch(pattern -> fits(pattern, packageName));
  }

  private static boolean fits(String pattern, String packageName) {
    if (pattern.equals("*")) {
      return true;
    }
    if (!pattern.endsWith(".*")) {
      return pattern.equals(packageName);
    }
    String parent = pattern.substring(0, pattern.length() - 2);
    return packageName.equals(parent) || packageName.startsWith(parent + ".");
  }

  static List<String> unlistedPackages(List<SourceFile> files) {
    return files.stream()
        .filter(SourceFile::isMain)
        .map(SourceFile::packageName)
        .distinct()
        .filter(name -> MAY_IMPORT.keySet().stream().noneMatch(pattern -> fits(pattern, name)))
        .map(name -> name + " is a package the design does not name")
        .toList();
  }

  static List<String> sizes(List<SourceFile> files) {
    Map<String, Integer> counts = new TreeMap<>();
    for (SourceFile file : files) {
      if (!file.isPackageInfo()) {
        counts.merge((file.isMain() ? "main " : "test ") + file.packageName(), 1, Integer::sum);
      }
    }
    List<String> violations = new ArrayList<>();
    counts.forEach(
        (name, count) -> {
          if (count > PACKAGE_FILES_MAX) {
            violations.add("package " + name + " has " + count + " files");
          }
        });
    return violations;
  }

  static List<String> nullMarked(List<SourceFile> files) {
    Set<String> marked = new TreeSet<>();
    Set<String> all = new TreeSet<>();
    for (SourceFile file : files) {
      all.add(file.packageName());
      if (file.isPackageInfo() && file.text().contains("@NullMarked")) {
        marked.add(file.packageName());
      }
    }
    all.removeAll(marked);
    return all.stream().map(name -> "package " + name + " is not @NullMarked").toList();
  }

  static List<String> cycles(List<SourceFile> files) {
    Map<String, Set<String>> imports = new TreeMap<>();
    for (SourceFile file : files) {
      if (file.isMain()) {
        imports
            .computeIfAbsent(file.packageName(), _ -> new TreeSet<>())
            .addAll(file.importedPackages());
      }
    }
    List<String> violations = new ArrayList<>();
    for (String start : imports.keySet()) {
      if (reaches(start, start, imports, new TreeSet<>())) {
        violations.add("package " + start + " imports itself through " + imports.get(start));
      }
    }
    return violations;
  }

  private static boolean reaches(
      String from, String target, Map<String, Set<String>> imports, Set<String> seen) {
    for (String next : imports.getOrDefault(from, Set.of())) {
      if (next.equals(from) || !seen.add(next)) {
        continue;
      }
      if (next.equals(target) || reaches(next, target, imports, seen)) {
        return true;
      }
    }
    return false;
  }
}
