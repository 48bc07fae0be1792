package io.mangonel.cli.sql;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The backslash commands. */
public enum ShellCommand {
  DESCRIBE("\\d", "[NAME]", "tables and views, or the columns of one, or of a 'file'"),
  EXPANDED("\\x", "[on|off]", "one line per value instead of one line per row"),
  FORMAT("\\format", "[FORMAT]", "table, csv, json, ndjson or markdown"),
  ROWS("\\rows", "[N|all]", "how many rows of a table a terminal shows"),
  TIMING("\\timing", "[on|off]", "say how each statement was run"),
  OUTPUT("\\o", "[FILE]", "answers go to the file; without one, to the terminal again"),
  INPUT("\\i", "FILE", "run the statements of the file"),
  JOBS("\\jobs", "", "the newest jobs"),
  CANCEL("\\cancel", "ID", "ask for the end of a job"),
  HELP("\\?", "", "this list"),
  QUIT("\\q", "", "leave");

  private static final int SYNOPSIS_WIDTH = 20;

  private final String word;
  private final String argument;
  private final String description;

  ShellCommand(String word, String argument, String description) {
    this.word = word;
    this.argument = argument;
    this.description = description;
  }

  /** With its backslash. */
  public String word() {
    return word;
  }

  public String description() {
    return description;
  }

  static Optional<ShellCommand> of(String word) {
    return Arrays.stream(values()).filter(command -> command.word.equals(word)).findFirst();
  }

  static String words() {
    return Arrays.stream(values()).map(ShellCommand::word).collect(Collectors.joining(" "));
  }

  /** All of them, a line each. */
  static String help() {
    return Arrays.stream(values())
        .map(
            command -> {
              String synopsis = command.word + " " + command.argument;
              return "  "
                  + synopsis
                  + " ".repeat(Math.max(1, SYNOPSIS_WIDTH - synopsis.length()))
                  + command.description;
            })
        .collect(Collectors.joining("\n"));
  }
}
