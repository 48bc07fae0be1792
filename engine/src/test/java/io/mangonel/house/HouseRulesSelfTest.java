package io.mangonel.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rule finds what breaks it, and lets pass what does not. */
class HouseRulesSelfTest {
  @ParameterizedTest
  @CsvSource({
    "core.graph, core, true",
    "core, core.graph, false",
    "core.graph, state, false",
    "state, core, true",
    "state, core.graph, false",
    "planner.read, planner.ir, true",
    "planner.read, scheduler, false",
    "core.owner, core.agent, false",
    "scheduler.loop, core.owner, true",
    "scheduler, executor, false",
    "executor, scheduler, false",
    "cli, scheduler, true"
  })
  void directionsAreThoseOfTheDesign(String from, String to, boolean isAllowed) {
    SourceFile file = main(from, "import io.mangonel." + to + ".Thing; class X {}");
    assertThat(Layout.directions(List.of(file)).isEmpty()).isEqualTo(isAllowed);
  }

  @Test
  void aPackageOutsideTheDesignIsFound() {
    assertThat(Layout.unlistedPackages(List.of(main("misc", "class X {}")))).hasSize(1);
    assertThat(Layout.unlistedPackages(List.of(main("core", "class X {}")))).isEmpty();
  }

  @Test
  void theTwentyFirstFileIsFound() {
    List<SourceFile> files =
        IntStream.range(0, 21).mapToObj(_ -> main("core", "class X {}")).toList();
    assertThat(Layout.sizes(files)).hasSize(1);
    assertThat(Layout.sizes(files.subList(1, 21))).isEmpty();
  }

  @Test
  void aCycleThroughAThirdPackageIsFound() {
    SourceFile a = main("a", "import io.mangonel.b.B; class A {}");
    SourceFile b = main("b", "import static io.mangonel.c.C.x; class B {}");
    SourceFile c = main("c", "import io.mangonel.a.A; class C {}");
    assertThat(Layout.cycles(List.of(a, b, c))).hasSize(3);
    assertThat(Layout.cycles(List.of(a, b))).isEmpty();
  }

  @Test
  void anUnmarkedPackageIsFound() {
    SourceFile file = main("a", "class X {}");
    String marked = "@NullMarked package io.mangonel.a;";
    assertThat(Layout.nullMarked(List.of(file))).hasSize(1);
    assertThat(
            Layout.nullMarked(
                List.of(
                    file,
                    SourceFile.of("engine/src/main/java/io/mangonel/a/package-info.java", marked))))
        .isEmpty();
  }

  @Test
  void longFilesAndLinesAreFound() {
    assertThat(Shape.files(List.of(main("a", "\n".repeat(499) + "class X {}")))).hasSize(1);
    assertThat(Shape.files(List.of(main("a", "// " + "x".repeat(108))))).hasSize(1);
    assertThat(Shape.files(List.of(main("a", "// " + "x".repeat(80))))).isEmpty();
  }

  @Test
  void longMethodsAndParameterListsAreFound() {
    assertThat(methods("class X { void f() {" + "\n".repeat(69) + "} }")).hasSize(1);
    assertThat(methods("class X { void f() {" + "\n".repeat(68) + "} }")).isEmpty();
    String eight = "(int a, int b, int c, int d, int e, int f, int g, int h)";
    assertThat(methods("class X { X" + eight + " {} }")).hasSize(1);
    assertThat(methods("class X { static void f" + eight + " {} }")).hasSize(1);
    assertThat(methods("record X" + eight + " { X" + eight + " { this.a = a; } }")).isEmpty();
    assertThat(methods("record X" + eight + " { X { } }")).isEmpty();
  }

  private static List<String> methods(String code) {
    return Shape.methods(List.of(main("a", code)));
  }

  @Test
  void aDefaultBesidePatternsIsFound() {
    String sealed =
        "class X { int f(Object o) { return switch (o) { case A a -> 1; default -> 2; }; } }";
    String number =
        "class X { int f(int i) { return switch (i) { case 1 -> 1; default -> 2; }; } }";
    String statement =
        "class X { void f(Object o) { switch (o) { case A(int b): break; default: break; } } }";
    assertThat(Shape.defaults(List.of(main("core", sealed)))).hasSize(1);
    assertThat(Shape.defaults(List.of(main("core", statement)))).hasSize(1);
    assertThat(Shape.defaults(List.of(main("core", number)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "long now = System.nanoTime();",
        "Object m = new HashMap<>();",
        "Object m = Map.of(1, 2);",
        "Object s = Set.copyOf(list);",
        "Object l = java.util.concurrent.locks.Lock.class;",
        "Object u = UUID.randomUUID();",
        "synchronized void f() {}",
        "Object f = java.nio.file.Path.of(\"x\");"
      })
  void whatMakesCoreImpureIsFound(String member) {
    String code = "class X {\n" + member + "\n}";
    assertThat(Wording.violations(List.of(main("core.graph", code)))).hasSize(1);
    assertThat(Wording.violations(List.of(main("executor", code)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Object m = new LinkedHashMap<>();",
        "Object m = Map.of();",
        "Object m = new TreeMap<>();",
        "// a HashMap would not replay",
        "Object c = java.nio.charset.StandardCharsets.UTF_8;"
      })
  void whatCoreMayHavePasses(String member) {
    assertThat(Wording.violations(List.of(main("core", "class X {\n" + member + "\n}")))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "// TODO later",
        "void f() { throw new UnsupportedOperationException(); }",
        "void f() throws Exception { Thread.sleep(10); }",
        "Object m = mock(X.class);",
        "String path = \"/home/me/data\";"
      })
  void bannedWordsAreFoundInTests(String member) {
    SourceFile file =
        SourceFile.of(
            "engine/src/test/java/io/mangonel/a/X.java",
            "package io.mangonel.a;\nclass X {\n" + member + "\n}");
    assertThat(Wording.violations(List.of(file))).hasSize(1);
  }

  @Test
  void anUnguardedWriteOfASchedulerIsFound() {
    String put = "class X { void f() { store.put(K, \"a\", b); } }";
    String commit = "class X { void f() { x.commit(List.of(), operations); } }";
    String guarded = "class X { void f() { store.commit(guards, operations); } }";
    assertThat(Wording.violations(List.of(main("scheduler.store", put)))).hasSize(1);
    assertThat(Wording.violations(List.of(main("scheduler.store", commit)))).hasSize(1);
    assertThat(Wording.violations(List.of(main("scheduler.store", guarded)))).isEmpty();
  }

  @Test
  void anInterfaceWithOneImplementationIsFound() {
    String door = "interface Door { void open(); void close(); }";
    SourceFile one = main("a", door + " final class Wooden implements Door {}");
    SourceFile two =
        main(
            "a",
            door + " final class Wooden implements Door {} class Y { Door d = new Door() {}; }");
    SourceFile functional = main("a", "interface Door { void open(); default void close() {} }");
    assertThat(Interfaces.violations(List.of(one))).hasSize(1);
    assertThat(Interfaces.violations(List.of(two))).isEmpty();
    assertThat(Interfaces.violations(List.of(functional))).isEmpty();
  }

  @Test
  void anUnformattedFileIsFound() {
    assertThat(Format.violations(List.of(main("a", "class X  {}\n")))).hasSize(1);
    assertThat(
            Format.violations(
                List.of(SourceFile.of("X.java", "package io.mangonel.a;\n\nclass X {}\n"))))
        .isEmpty();
  }

  private static SourceFile main(String packageName, String code) {
    return SourceFile.of(
        "engine/src/main/java/io/mangonel/" + packageName.replace('.', '/') + "/X.java",
        "package io.mangonel." + packageName + "; " + code);
  }
}
