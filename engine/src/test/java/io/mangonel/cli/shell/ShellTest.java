package io.mangonel.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.cli.MangonelProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell as a process on a terminal, and what the screen shows. */
class ShellTest {
  private static final Duration MAX = Duration.ofMinutes(1);
  private static final String CTRL_C = "\u0003";
  private static final String CTRL_D = "\u0004";
  private static final String PROMPT = "mangonel>";
  private static final int COLUMNS = 72;
  private static final int ROWS = 60;

  /** Of at most 30 pairs one ended the shell, when the library changed the handlers. */
  private static final int INTERRUPTS = 500;

  /** What a reader sends last before it gives the terminal back: the end of bracketed paste. */
  private static final String LINE_END = "\u001b[?2004l";

  /** One that finds the terminal between two lines is answered by no prompt of its own. */
  private static final long INTERRUPT_MAX_MS = 20;

  private static final int END_CHARACTERS = 2_000;

  @TempDir Path directory;

  private @Nullable PseudoTerminal started;

  @BeforeEach
  void needsATerminal() {
    boolean there = PseudoTerminal.isSupported();
    if (!"all".equals(System.getProperty("mangonel.require"))) {
      Assumptions.assumeTrue(there, "needs the program script of util-linux on the PATH");
    }
    assertThat(there).as("the program script of util-linux is on the PATH").isTrue();
  }

  @AfterEach
  void end() {
    if (started != null) {
      started.close();
    }
  }

  private PseudoTerminal shell(Map<String, String> environment, int columns, String... arguments)
      throws IOException {
    Map<String, String> all = new HashMap<>(environment);
    all.put("HOME", directory.toString());
    List<String> options = new java.util.ArrayList<>(List.of("sql"));
    options.addAll(List.of(arguments));
    started =
        PseudoTerminal.start(
            directory,
            all,
            columns,
            ROWS,
            MangonelProcess.command(List.of(), "io.mangonel.cli.Main", options));
    awaitPrompt(started);
    return started;
  }

  private static void awaitPrompt(PseudoTerminal shell) {
    await()
        .atMost(MAX)
        .untilAsserted(() -> assertThat(shell.lastLine()).as(shell.text()).isEqualTo(PROMPT));
  }

  /** The end of what the terminal got comes first: reports of a failed test are often cut. */
  private static void awaitGoodEnd(PseudoTerminal shell) throws InterruptedException {
    boolean ended = shell.process().waitFor(MAX.toSeconds(), TimeUnit.SECONDS);
    shell.awaitAllShown();
    String raw = shell.raw().replaceAll("[\\r\\n]+", " | ");
    String end = raw.substring(Math.max(0, raw.length() - END_CHARACTERS));
    assertThat(ended).as("has ended after: " + end).isTrue();
    int code = shell.process().exitValue();
    assertThat(code).as("exit code " + code + " after: " + end).isZero();
  }

  private static void awaitText(PseudoTerminal shell, String text) {
    await().atMost(MAX).untilAsserted(() -> assertThat(shell.text()).contains(text));
  }

  @Test
  void aSession() throws Exception {
    Files.writeString(directory.resolve("people.csv"), "name,age\nAda,36\nGrace,\n");
    PseudoTerminal shell = shell(Map.of("TERM", "xterm-256color"), COLUMNS);
    assertThat(shell.text().replace("\n", "")).contains("files of " + directory);

    statementsOverLines(shell);
    completion(shell);
    commands(shell);
    mistakes(shell);
    wideTables(shell);
    interrupts(shell);

    shell.type(CTRL_D);
    awaitGoodEnd(shell);
    Path history = directory.resolve(".mangonel_history");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(history)).contains("SELECT 'a;\\nb' AS x").contains("FORM t;");
  }

  private void statementsOverLines(PseudoTerminal shell) {
    shell.type("SELECT 'a;\n");
    awaitText(shell, "\n       '>");
    shell.type("b' AS x,\n");
    awaitText(shell, "\n       ->");
    shell.type("NULL AS none, 42 AS n, '日本' AS wide;\n");
    awaitText(shell, " a;\\nb | NULL | 42 | 日本\n(1 row, ");
    awaitPrompt(shell);
    assertThat(shell.text()).contains(", 1 stage, 1 task, 1 executor)");
    assertThat(shell.raw()).as("NULL is dim").contains("\u001b[2mNULL\u001b[0m");
  }

  private void completion(PseudoTerminal shell) {
    shell.type("CREATE VIEW people AS FROM 'peo\t");
    awaitText(shell, "FROM 'people.csv'");
    shell.type(";\n");
    awaitText(shell, "done (");
    awaitPrompt(shell);
    shell.type("SELECT ag FROM peo\t");
    awaitText(shell, "SELECT ag FROM people");
    shell.type("\u001bOD".repeat("FROM people  ".length()) + "\t");
    awaitText(shell, "columns\nage\nfunctions\nage(");
    shell.type(CTRL_C);
    awaitPrompt(shell);
    shell.type("SET mangonel_j\t= 'ha\t");
    awaitText(shell, "SET mangonel_join_mode = 'hash'");
    shell.type(";\n");
    awaitPrompt(shell);
    shell.type("DESCRI\t");
    awaitText(shell, "DESCRIBE");
    shell.type(CTRL_C);
    awaitPrompt(shell);
  }

  private void commands(PseudoTerminal shell) {
    shell.type("\\d\n");
    awaitText(shell, "people  VIEW");
    awaitPrompt(shell);
    shell.type("\\d people\n");
    awaitText(shell, " age         | BIGINT");
    awaitPrompt(shell);
    shell.type("\\x\n\\timing off\n");
    awaitText(shell, "timing is off");
    awaitPrompt(shell);
    shell.type("FROM people ORDER BY name;\n");
    awaitText(shell, "-[ 2 ]------------------\nname | Grace\nage  | NULL\n(2 rows)\n");
    awaitPrompt(shell);
    shell.type("\\x off\n\\o out.csv\n\\format csv\nFROM people ORDER BY name;\n\\o\n");
    shell.type("\\format table\n");
    awaitText(shell, "the format is table");
    awaitPrompt(shell);
    assertThat(directory.resolve("out.csv"))
        .hasContent("the format is csv\nname,age\nAda,36\nGrace,\n");
    shell.type("\\jobs\n");
    awaitText(shell, "COMPLETED");
    awaitPrompt(shell);
  }

  private void mistakes(PseudoTerminal shell) {
    shell.type("\\frob\n");
    awaitText(shell, "error: no command \\frob; there are \\d");
    awaitPrompt(shell);
    shell.type("SELECT 1 FORM t;\n");
    awaitText(shell, "LINE 1: SELECT 1 FORM t\n                      ^");
    awaitPrompt(shell);
  }

  private void wideTables(PseudoTerminal shell) {
    shell.type("SELECT repeat('x', 99) AS x, 1 AS n, " + columns(30) + ";\n");
    awaitText(shell, "of 32 columns shown");
    awaitPrompt(shell);
    assertThat(shell.text()).contains("xxxxxxx… | 1 |");
    shell.type("FROM range(1000);\n");
    awaitText(shell, "(1000 rows, 100 shown)");
    awaitPrompt(shell);
  }

  private static String columns(int count) {
    return java.util.stream.IntStream.range(0, count)
        .mapToObj(i -> i + " AS c" + i)
        .collect(java.util.stream.Collectors.joining(", "));
  }

  private void interrupts(PseudoTerminal shell) {
    shell.type("SELECT nothing" + CTRL_C);
    awaitPrompt(shell);
    shell.type(
        "SELECT count(*) FROM range(1000000000) a, range(9) b WHERE hash(a.range, b.range) = 9;\n");
    awaitText(shell, "stages 0/1  tasks 0/1, 1 running");
    shell.type(CTRL_C);
    awaitText(shell, "was cancelled");
    awaitPrompt(shell);
    assertThat(shell.text()).as("progress is gone").doesNotContain("stages 0/1");
    shell.type("SELECT 'still' || 'here' AS a;\n");
    awaitText(shell, " stillhere\n(1 row)");
    awaitPrompt(shell);
  }

  /** One as soon as a prompt is there, and one when its reader gives the terminal back. */
  @Test
  void noInterruptAtThePromptEndsTheShell() throws Exception {
    PseudoTerminal shell = shell(Map.of("TERM", "xterm"), COLUMNS);
    int prompts = 0;
    for (int i = 0; i < INTERRUPTS; i++) {
      shell.type(CTRL_C);
      if (shell.awaitMore(LINE_END, INTERRUPT_MAX_MS)) {
        shell.type(CTRL_C);
      }
      prompts += shell.awaitMore(PROMPT, INTERRUPT_MAX_MS) ? 1 : 0;
      assertThat(shell.process().isAlive()).as("alive after %d interrupts", i).isTrue();
    }
    assertThat(prompts).as("prompts that answered").isGreaterThan(INTERRUPTS / 2);
    shell.type("\n");
    awaitPrompt(shell);
    shell.type("SELECT 'still' || 'here' AS a;\n");
    awaitText(shell, " stillhere\n(1 row");
    awaitPrompt(shell);
    shell.type(CTRL_D);
    awaitGoodEnd(shell);
  }

  @Test
  void aTerminalThatCanDoNothingGetsPlainText() throws Exception {
    PseudoTerminal shell = shell(Map.of("TERM", "dumb"), 24);
    shell.type("SELECT NULL AS n, repeat('x', 50) AS x;\n");
    awaitText(shell, "NULL | xxxxxxxxx");
    awaitPrompt(shell);
    shell.type("\\q\n");
    awaitGoodEnd(shell);
    assertThat(shell.raw()).doesNotContain("\u001b");
  }

  @Test
  void whatASessionHasSetSurvivesASchedulerThatForgetsEverything() throws Exception {
    Path files = Files.createDirectory(directory.resolve("server"));
    MangonelProcess server = standalone(files, 0);
    String port = server.output().replaceAll("(?s).*?grpc://[^:]*:(\\d+) .*", "$1");
    try {
      PseudoTerminal shell =
          shell(Map.of("TERM", "xterm", "NO_COLOR", "1"), COLUMNS, "--url", "127.0.0.1:" + port);
      shell.type("SET TimeZone = 'Asia/Tokyo'; SET VARIABLE x = 40 + 2;\n");
      await().atMost(MAX).until(() -> shell.text().split("done \\(").length == 3);
      awaitPrompt(shell);
      server.process().destroyForcibly().waitFor();
      shell.type("SELECT getvariable('x') AS x, current_setting('TimeZone') AS zone;\n");
      awaitText(shell, "does not answer");
      server =
          standalone(Files.createDirectory(directory.resolve("again")), Integer.parseInt(port));

      awaitText(shell, "had forgotten this session; set again:");
      awaitText(shell, " 42 | Asia/Tokyo\n(1 row");
      awaitPrompt(shell);
      assertThat(shell.raw()).as("NO_COLOR").doesNotContain("\u001b[2m");
    } finally {
      server.close();
    }
  }

  private static MangonelProcess standalone(Path directory, int port) throws Exception {
    MangonelProcess server =
        MangonelProcess.start(
            directory,
            directory,
            List.of(
                "standalone",
                "--state",
                "memory",
                "--executors",
                "1",
                "--port",
                String.valueOf(port),
                "--http-port",
                "0",
                "--dir",
                directory.resolve("data").toString()));
    await().atMost(MAX).until(() -> server.output().endsWith("\n"));
    return server;
  }
}
