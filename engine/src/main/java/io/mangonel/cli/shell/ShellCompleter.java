package io.mangonel.cli.shell;

import io.mangonel.cli.format.Format;
import io.mangonel.cli.sql.ShellCommand;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** What the Tab key offers. */
final class ShellCompleter implements Completer {
  /** A directory with more is not listed further. */
  private static final int FILES_MAX = 2_000;

  private static final Set<String> FILE_COMMANDS = Set.of("\\i", "\\o");

  private final Vocabulary vocabulary;
  private final Path directory;

  /**
   * @param directory what relative paths are relative to
   */
  ShellCompleter(Vocabulary vocabulary, Path directory) {
    this.vocabulary = vocabulary;
    this.directory = directory;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    String before = line.line().substring(0, line.cursor());
    switch (Place.of(before)) {
      case Place.CommandName(String word) -> commands(word, candidates);
      case Place.CommandArgument(String command, String word) ->
          arguments(command, word, candidates);
      case Place.Quoted(String setting, String word) -> {
        List<String> values = vocabulary.valuesOf(setting);
        add(values, word, "'", "values", candidates);
        if (values.isEmpty() && setting.isEmpty()) {
          files(word, "'", candidates);
        }
      }
      case Place.Setting(String word) ->
          add(vocabulary.settings(), word, " ", "settings", candidates);
      case Place.Table(boolean quoted, String word) ->
          add(names(vocabulary.tables(), quoted), word, quoted ? "\"" : " ", "tables", candidates);
      case Place.Member(String qualifier, String word) ->
          add(
              names(vocabulary.columns(line.line(), qualifier), false),
              word,
              "",
              "columns",
              candidates);
      case Place.Anything(boolean quoted, String word) -> anything(line, quoted, word, candidates);
    }
  }

  private void anything(ParsedLine line, boolean quoted, String word, List<Candidate> candidates) {
    String end = quoted ? "\"" : "";
    List<String> columns = vocabulary.columns(line.line(), "");
    add(names(columns, quoted), word, end, "columns", candidates);
    add(names(vocabulary.tables(), quoted), word, end, "tables", candidates);
    if (!quoted && !word.isEmpty()) {
      boolean lower = Character.isLowerCase(word.charAt(0));
      for (String one : vocabulary.words()) {
        boolean function = one.endsWith("(");
        String written = lower ? one.toLowerCase(Locale.ROOT) : one;
        String group = function ? "functions" : "keywords";
        add(List.of(written), word, function ? "" : " ", group, candidates);
      }
    }
  }

  private static void commands(String word, List<Candidate> candidates) {
    for (ShellCommand command : ShellCommand.values()) {
      if (command.word().startsWith(word)) {
        candidates.add(
            new Candidate(
                command.word(), command.word(), null, command.description(), null, null, true));
      }
    }
  }

  private void arguments(String command, String word, List<Candidate> candidates) {
    if (FILE_COMMANDS.contains(command)) {
      files(word, "", candidates);
    } else if (command.equals("\\d")) {
      add(names(vocabulary.tables(), false), word, " ", "tables", candidates);
    } else if (command.equals("\\format")) {
      for (Format format : Format.values()) {
        add(List.of(format.name()), word, " ", "formats", candidates);
      }
    }
  }

  /** Names that need quotes are offered once a quote is open. */
  private static List<String> names(List<String> names, boolean quoted) {
    return names.stream().filter(name -> quoted || name.matches("[A-Za-z_][A-Za-z0-9_]*")).toList();
  }

  private static void add(
      List<String> values, String word, String end, String group, List<Candidate> candidates) {
    for (String value : values) {
      if (value.regionMatches(true, 0, word, 0, word.length())) {
        boolean blank = end.equals(" ");
        String text = blank ? value : value + end;
        candidates.add(new Candidate(text, value, group, null, null, null, blank));
      }
    }
  }

  private void files(String word, String end, List<Candidate> candidates) {
    int slash = word.lastIndexOf('/');
    String parent = word.substring(0, slash + 1);
    String start = word.substring(slash + 1);
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory.resolve(parent))) {
      int listed = 0;
      for (Path path : found) {
        String name = path.getFileName().toString();
        boolean hidden = name.startsWith(".") && !start.startsWith(".");
        if (hidden || !name.startsWith(start)) {
          continue;
        }
        boolean folder = Files.isDirectory(path);
        String text = parent + name + (folder ? "/" : end);
        String shown = name + (folder ? "/" : "");
        candidates.add(new Candidate(text, shown, "files", null, null, null, false));
        listed++;
        if (listed == FILES_MAX) {
          return;
        }
      }
    } catch (IOException | InvalidPathException e) {
      // What is typed is no place that can be listed: there is nothing to offer.
      return;
    }
  }
}
