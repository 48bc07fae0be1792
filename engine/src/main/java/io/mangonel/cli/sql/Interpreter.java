package io.mangonel.cli.sql;

import io.mangonel.cli.client.AdminReports;
import io.mangonel.cli.client.TextTable;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.script.Fragment;
import io.mangonel.cli.script.Fragments;
import io.mangonel.cli.sql.StatementRunner.Print;
import io.mangonel.client.TableEntry;
import io.mangonel.flightsql.AdminActions;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Runs scripts: statements and backslash commands. */
public final class Interpreter {
  /** Files that run files. */
  private static final int DEPTH_MAX = 16;

  private final StatementRunner runner;
  private final Output output;
  private final PrintStream err;
  private final boolean interactive;
  private int depth;
  private boolean quit;

  /**
   * @param interactive whether a person wants to hear what a command did
   */
  public Interpreter(StatementRunner runner, Output output, PrintStream err, boolean interactive) {
    this.runner = runner;
    this.output = output;
    this.err = err;
    this.interactive = interactive;
  }

  /** Whether {@code \q} was run. */
  public boolean hasQuit() {
    return quit;
  }

  /**
   * Runs a script to its end.
   *
   * @param name stands before the line number in messages; empty for none
   * @param keepGoing failures are told and passed over; else the first one ends it
   * @return the exit code
   */
  public int run(Reader script, String name, boolean keepGoing) {
    Fragments fragments = new Fragments(script);
    int exitCode = 0;
    while (!quit) {
      Optional<Fragment> next = read(fragments, name);
      if (next.isEmpty()) {
        break;
      }
      try {
        run(next.get());
      } catch (CommandFailure failure) {
        if (failure.isOutputClosed()) {
          throw failure;
        }
        CommandFailure located = located(failure, name, next.get().line());
        if (!keepGoing) {
          throw located;
        }
        err.println("error: " + located.getMessage());
        exitCode = Math.max(exitCode, located.exitCode());
      }
    }
    return exitCode;
  }

  /** Runs statements for their effect, and prints the answer of the last one. */
  public void runForLast(List<String> statements) {
    for (String statement : statements.subList(0, statements.size() - 1)) {
      runner.run(statement, Print.NOTHING);
    }
    runner.run(statements.getLast(), Print.ALWAYS);
  }

  private static Optional<Fragment> read(Fragments fragments, String name) {
    try {
      return fragments.next();
    } catch (CharacterCodingException e) {
      throw CommandFailure.usage((name.isEmpty() ? "the input" : name) + " is not UTF-8 text");
    } catch (IOException e) {
      throw CommandFailure.failed("cannot read " + name + ": " + e.getMessage());
    }
  }

  private static CommandFailure located(CommandFailure failure, String name, int line) {
    if (name.isEmpty()) {
      return failure;
    }
    String message = name + ":" + line + ": " + failure.getMessage();
    return failure.exitCode() == CommandFailure.USAGE
        ? CommandFailure.usage(message)
        : CommandFailure.failed(message);
  }

  private void run(Fragment fragment) {
    switch (fragment) {
      case Fragment.Statement(String sql, int _) -> runner.run(sql, Print.ROWS);
      case Fragment.Command(String text, int _) -> command(text);
    }
  }

  private void command(String text) {
    String[] parts = text.replaceFirst(";\\s*$", "").split("\\s+", 2);
    String argument = parts.length < 2 ? "" : parts[1].strip();
    ShellCommand command =
        ShellCommand.of(parts[0])
            .orElseThrow(
                () ->
                    CommandFailure.usage(
                        "no command " + parts[0] + "; there are " + ShellCommand.words()));
    try {
      run(command, argument);
    } catch (IOException e) {
      throw CommandFailure.failed(String.valueOf(e.getMessage()));
    }
  }

  private void run(ShellCommand command, String argument) throws IOException {
    switch (command) {
      case DESCRIBE -> describe(argument);
      case EXPANDED -> {
        output.expanded(toggled(command, output.expanded(), argument));
        confirm("expanded output is " + (output.expanded() ? "on" : "off"));
      }
      case FORMAT -> {
        if (!argument.isEmpty()) {
          output.format(argument);
        }
        confirm("the format is " + output.format());
      }
      case ROWS -> rows(argument);
      case TIMING -> {
        output.timed(toggled(command, output.isTimed(), argument));
        confirm("timing is " + (output.isTimed() ? "on" : "off"));
      }
      case OUTPUT -> output.redirect(argument.isEmpty() ? null : path(argument));
      case INPUT -> include(argument);
      case JOBS ->
          output.say(AdminReports.jobs(runner.session().askPatiently(AdminActions.JOBS_LIST, "")));
      case CANCEL -> cancel(argument);
      case HELP -> output.say(ShellCommand.help());
      case QUIT -> quit = true;
    }
  }

  private static boolean toggled(ShellCommand command, boolean now, String argument) {
    return switch (argument) {
      case "" -> !now;
      case "on" -> true;
      case "off" -> false;
      default ->
          throw CommandFailure.usage(command.word() + " takes on or off, not '" + argument + "'");
    };
  }

  private void confirm(String text) {
    if (interactive) {
      output.say(text);
    }
  }

  private void rows(String argument) {
    if (argument.equals("all")) {
      output.rowsMax(Long.MAX_VALUE);
    } else if (argument.matches("[1-9][0-9]{0,17}")) {
      output.rowsMax(Long.parseLong(argument));
    } else if (!argument.isEmpty()) {
      throw CommandFailure.usage("\\rows takes a number or all, not '" + argument + "'");
    }
    confirm(
        output.rowsMax() == Long.MAX_VALUE
            ? "all rows are shown"
            : "at most " + output.rowsMax() + " rows are shown");
  }

  private void describe(String name) throws IOException {
    if (!name.isEmpty()) {
      String from = name.startsWith("'") ? "FROM " + name : name;
      runner.run("DESCRIBE " + from, Print.ROWS);
      return;
    }
    List<TableEntry> tables = runner.session().tables();
    if (tables.isEmpty()) {
      output.say("no tables or views; CREATE VIEW name AS FROM 'file.parquet' makes one");
      return;
    }
    TextTable text = new TextTable("SCHEMA", "NAME", "TYPE", "COLUMNS");
    for (TableEntry table : tables) {
      text.row(table.schema(), table.name(), table.type(), String.valueOf(table.columns().size()));
    }
    output.say(text.toString());
  }

  private void include(String argument) {
    if (argument.isEmpty()) {
      throw CommandFailure.usage("\\i needs a file");
    }
    if (depth == DEPTH_MAX) {
      throw CommandFailure.failed("files run files " + DEPTH_MAX + " levels deep: is it a circle?");
    }
    depth++;
    try {
      runFile(path(argument), false);
    } finally {
      depth--;
    }
  }

  /**
   * Runs a file to its end.
   *
   * @return the exit code
   */
  public int runFile(Path file, boolean keepGoing) {
    try (Reader script = Files.newBufferedReader(file)) {
      return run(script, file.toString(), keepGoing);
    } catch (NoSuchFileException e) {
      throw CommandFailure.usage("there is no file " + file);
    } catch (IOException | UncheckedIOException e) {
      throw CommandFailure.usage("cannot read " + file + ": " + e.getMessage());
    }
  }

  private void cancel(String id) throws IOException {
    if (id.isEmpty()) {
      throw CommandFailure.usage("\\cancel needs a job's id, as \\jobs shows it");
    }
    String json = runner.session().askPatiently(AdminActions.JOBS_CANCEL, id);
    output.say(AdminReports.cancelled(id, AdminReports.read(json).path("state").asText()));
  }

  /** Quotes around a file's name are for names with blanks. */
  private static Path path(String argument) {
    boolean quoted =
        argument.length() > 1
            && (argument.startsWith("'") || argument.startsWith("\""))
            && argument.charAt(0) == argument.charAt(argument.length() - 1);
    return Path.of(quoted ? argument.substring(1, argument.length() - 1) : argument);
  }
}
