package io.mangonel.cli.settings;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.files.FileProblem;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * A file of settings in the format of Java's properties, UTF-8. A key is an option without its
 * dashes, for every command that has it ({@code http-port = 8080}), or for one command ({@code
 * scheduler.http-port = 8080}), which counts more.
 *
 * @param entries each key once, in the order of the file
 */
public record ConfigFile(Path path, List<Entry> entries) {
  /** The option, and the word that means no file at all. */
  public static final String OPTION = "--config";

  static final String NONE = "none";

  private static final String NAME = "mangonel.properties";
  private static final long BYTES_MAX = 1 << 20;

  /**
   * @param line where it begins, from 1
   */
  public record Entry(String key, String value, int line) {}

  /**
   * The file that {@code arguments} or the environment name; else the first that is there: in the
   * user's configuration directory, then in {@code /etc/mangonel}.
   */
  public static Optional<ConfigFile> find(List<String> arguments, Map<String, String> environment) {
    String named = named(arguments).orElse(environment.getOrDefault("MANGONEL_CONFIG", ""));
    if (named.equals(NONE)) {
      return Optional.empty();
    }
    if (!named.isEmpty()) {
      return Optional.of(read(Path.of(named)));
    }
    return places(environment).stream()
        .filter(Files::isRegularFile)
        .findFirst()
        .map(ConfigFile::read);
  }

  /** Where it is looked for, the first first. */
  static List<Path> places(Map<String, String> environment) {
    List<Path> places = new ArrayList<>();
    String user = environment.getOrDefault("XDG_CONFIG_HOME", "");
    String home = environment.getOrDefault("HOME", "");
    if (!user.isEmpty()) {
      places.add(Path.of(user, "mangonel", NAME));
    } else if (!home.isEmpty()) {
      places.add(Path.of(home, ".config", "mangonel", NAME));
    }
    places.add(Path.of("/etc/mangonel", NAME));
    return places;
  }

  /** It must be known before the options are read, because it gives their defaults. */
  private static Optional<String> named(List<String> arguments) {
    for (int i = 0; i < arguments.size() && !arguments.get(i).equals("--"); i++) {
      if (arguments.get(i).startsWith(OPTION + "=")) {
        return Optional.of(arguments.get(i).substring(OPTION.length() + 1));
      }
      if (arguments.get(i).equals(OPTION) && i + 1 < arguments.size()) {
        return Optional.of(arguments.get(i + 1));
      }
    }
    return Optional.empty();
  }

  /** Refuses a file that cannot be read, a line that is no setting, and a key that comes twice. */
  static ConfigFile read(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    List<String> lines;
    try {
      if (!Files.isRegularFile(absolute)) {
        throw CommandFailure.usage("there is no configuration file " + absolute);
      }
      if (Files.size(absolute) > BYTES_MAX) {
        throw CommandFailure.usage(absolute + " is larger than 1 MiB: it is no configuration file");
      }
      lines = Files.readAllLines(absolute);
    } catch (MalformedInputException e) {
      throw CommandFailure.usage(absolute + " is not UTF-8 text");
    } catch (IOException e) {
      throw CommandFailure.usage(
          "cannot read the configuration file "
              + absolute
              + ": "
              + FileProblem.reason(absolute, e));
    }
    return new ConfigFile(absolute, entries(absolute, lines));
  }

  private static List<Entry> entries(Path path, List<String> lines) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      int first = i + 1;
      StringBuilder logical = new StringBuilder(lines.get(i));
      boolean comment =
          lines.get(i).strip().startsWith("#") || lines.get(i).strip().startsWith("!");
      while (!comment && continues(lines.get(i)) && i + 1 < lines.size()) {
        i++;
        logical.append('\n').append(lines.get(i));
      }
      entry(path, first, logical.toString(), entries).ifPresent(entries::add);
    }
    return List.copyOf(entries);
  }

  /** An odd number of backslashes at its end. */
  private static boolean continues(String line) {
    int backslashes = 0;
    while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }

  private static Optional<Entry> entry(Path path, int line, String text, List<Entry> before) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text));
    } catch (IOException | IllegalArgumentException e) {
      throw CommandFailure.usage(path + ":" + line + ": " + e.getMessage());
    }
    if (properties.isEmpty()) {
      return Optional.empty();
    }
    String key = properties.stringPropertyNames().iterator().next();
    String value = properties.getProperty(key, "").strip();
    if (value.isEmpty()) {
      throw CommandFailure.usage(path + ":" + line + ": '" + key + "' has no value");
    }
    for (Entry earlier : before) {
      if (earlier.key().equals(key)) {
        throw CommandFailure.usage(
            path + ":" + line + ": '" + key + "' is already set in line " + earlier.line());
      }
    }
    return Optional.of(new Entry(key, value, line));
  }

  Optional<Entry> entry(String key) {
    return entries.stream().filter(entry -> entry.key().equals(key)).findFirst();
  }
}
