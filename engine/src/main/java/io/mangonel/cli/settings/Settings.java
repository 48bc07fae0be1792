package io.mangonel.cli.settings;

import io.mangonel.cli.options.CommandFailure;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Values of options that the command line does not give: the environment first ({@code --http-port}
 * is {@code MANGONEL_HTTP_PORT}), then the file, for the command before for all.
 */
public final class Settings implements IDefaultValueProvider {
  /** A key further away than this is no slip of the fingers. */
  private static final int DISTANCE_MAX = 4;

  private final Map<String, String> environment;
  private final @Nullable ConfigFile file;

  public Settings(Map<String, String> environment, Optional<ConfigFile> file) {
    this.environment = environment;
    this.file = file.orElse(null);
  }

  public static String variable(String option) {
    return "MANGONEL_" + name(option).replace('-', '_').toUpperCase(Locale.ROOT);
  }

  private static String name(String option) {
    return option.replaceFirst("^-+", "");
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    return argument instanceof OptionSpec option
        ? find(option).map(Setting::value).orElse(null)
        : null;
  }

  /** What the environment or the file says of {@code option}. */
  public Optional<Setting> find(OptionSpec option) {
    if (!isSettable(option)) {
      return Optional.empty();
    }
    String variable = variable(option.longestName());
    String value = environment.getOrDefault(variable, "");
    if (!value.isEmpty()) {
      return Optional.of(new Setting(value, variable));
    }
    if (file == null) {
      return Optional.empty();
    }
    String name = name(option.longestName());
    return file.entry(path(option.command()) + name)
        .or(() -> file.entry(name))
        .map(entry -> new Setting(entry.value(), file.path() + ":" + entry.line()));
  }

  /** Options that ask for help, and the one that names the file, are only for the command line. */
  static boolean isSettable(OptionSpec option) {
    return !option.usageHelp()
        && !option.versionHelp()
        && !option.longestName().equals(ConfigFile.OPTION);
  }

  /** {@code jobs.list.} for {@code mangonel jobs list}. */
  private static String path(CommandSpec command) {
    String qualified = command.qualifiedName(".");
    int root = qualified.indexOf('.');
    return root < 0 ? "" : qualified.substring(root + 1) + ".";
  }

  /**
   * Refuses a file with a key that no command has.
   *
   * @param asked the commands that were read already
   * @param all every command; they are only read when a key is not of {@code asked}
   */
  public void check(CommandSpec asked, Supplier<CommandSpec> all) {
    if (file == null) {
      return;
    }
    List<String> known = keys(asked).toList();
    List<ConfigFile.Entry> others =
        file.entries().stream().filter(entry -> !known.contains(entry.key())).toList();
    if (others.isEmpty()) {
      return;
    }
    List<String> every = keys(all.get()).distinct().toList();
    for (ConfigFile.Entry entry : others) {
      if (!every.contains(entry.key())) {
        throw CommandFailure.usage(
            file.path()
                + ":"
                + entry.line()
                + ": there is no setting '"
                + entry.key()
                + "'"
                + nearest(entry.key(), every)
                + "; 'mangonel config show' lists them");
      }
    }
  }

  private static Stream<String> keys(CommandSpec command) {
    Stream<String> own =
        command.options().stream()
            .filter(Settings::isSettable)
            .map(option -> name(option.longestName()))
            .flatMap(name -> Stream.of(name, path(command) + name));
    return Stream.concat(
        own, command.subcommands().values().stream().flatMap(sub -> keys(sub.getCommandSpec())));
  }

  private static String nearest(String key, Collection<String> known) {
    return known.stream()
        .filter(name -> distance(key, name) <= Math.min(DISTANCE_MAX, key.length() / 2))
        .min(Comparator.comparingInt((String name) -> distance(key, name)).thenComparing(n -> n))
        .map(name -> ", did you mean '" + name + "'?")
        .orElse("");
  }

  /** Levenshtein's. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }

  /**
   * The message of an error, and where the options it names got their values, unless that was the
   * command line.
   */
  public String explain(String message, CommandSpec command, Collection<OptionSpec> given) {
    StringBuilder text = new StringBuilder(message);
    for (OptionSpec option : command.options()) {
      String named = Pattern.quote(option.longestName()) + "(?![\\w-])";
      if (given.contains(option) || !Pattern.compile(named).matcher(message).find()) {
        continue;
      }
      find(option)
          .ifPresent(
              setting ->
                  text.append(" (")
                      .append(option.longestName())
                      .append(" is set by ")
                      .append(setting.origin())
                      .append(')'));
    }
    return text.toString();
  }
}
