package io.mangonel.cli.settings;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.options.OptionRanges;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** All settings with their values and where these come from. */
public final class SettingsReport {
  private static final Pattern SECRET = Pattern.compile("password|secret|token|credential");
  private static final Pattern USER_INFORMATION = Pattern.compile("(://)[^/@,\\s]+@");
  private static final JsonMapper JSON = new JsonMapper();

  private final Settings settings;
  private final Function<OptionSpec, Optional<String>> computedDefaults;
  private final Map<Row, List<String>> commandsOfRow = new LinkedHashMap<>();

  /**
   * One setting.
   *
   * @param name without dashes; of a fixed limit, its area and name
   * @param value empty when it has none
   * @param origin flag, a variable, a file and line, default, or fixed
   */
  public record Row(String name, String value, String standard, String unit, String origin) {}

  /**
   * @param computedDefaults of options whose default depends on the machine
   */
  public SettingsReport(
      Settings settings, Function<OptionSpec, Optional<String>> computedDefaults) {
    this.settings = settings;
    this.computedDefaults = computedDefaults;
  }

  /** Adds the options of {@code command}; {@code given} is its command line, if there is one. */
  public void add(CommandSpec command, @Nullable ParseResult given) {
    for (OptionSpec option : command.options()) {
      if (!Settings.isSettable(option) || option.hidden()) {
        continue;
      }
      if (given == null || !given.hasMatchedOption(option)) {
        settings.find(option).ifPresent(found -> check(option, found));
      }
      String standard = standard(option);
      Row row =
          settings
              .find(option)
              .map(found -> row(option, found.value(), standard, found.origin()))
              .orElseGet(() -> row(option, standard, standard, "default"));
      if (given != null && given.hasMatchedOption(option)) {
        String text =
            String.join(",", given.matchedOption(option.longestName()).originalStringValues());
        OptionRanges.check(option, text.isEmpty() ? "true" : text);
        row = row(option, text.isEmpty() ? "true" : text, standard, "flag");
      }
      String name = command.qualifiedName().replaceFirst("^\\S+ ", "");
      commandsOfRow.computeIfAbsent(row, _ -> new ArrayList<>()).add(name);
    }
  }

  /** Refuses a wrong value by its place. */
  private static void check(OptionSpec option, Setting setting) {
    try {
      OptionRanges.check(option, setting.value());
    } catch (CommandFailure wrong) {
      throw CommandFailure.usage(
          wrong.getMessage()
              + " ("
              + option.longestName()
              + " is set by "
              + setting.origin()
              + ")");
    }
  }

  /** Adds the limits that no setting changes. */
  public void addLimits(String role, Path workDirectory) {
    for (FixedLimits.Limit limit : FixedLimits.of(role, workDirectory)) {
      Row row =
          new Row(
              limit.name(), limit.value(), limit.value(), FixedLimits.unit(limit.name()), "fixed");
      commandsOfRow.put(row, List.of());
    }
  }

  private String standard(OptionSpec option) {
    String written = option.defaultValue();
    if (written != null) {
      return written;
    }
    return computedDefaults.apply(option).orElse(option.arity().max() == 0 ? "false" : "");
  }

  private static Row row(OptionSpec option, String value, String standard, String origin) {
    String name = option.longestName().replaceFirst("^-+", "");
    return new Row(name, hidden(name, value), standard, unit(option), origin);
  }

  private static String hidden(String name, String value) {
    if (SECRET.matcher(name).find() && !value.isEmpty()) {
      return "(hidden)";
    }
    return USER_INFORMATION.matcher(value).replaceAll("$1(hidden)@");
  }

  private static String unit(OptionSpec option) {
    if (option.longestName().endsWith("-ms")) {
      return "ms";
    }
    return switch (option.paramLabel()) {
      case "PORT" -> "port";
      case "TIME" -> "time";
      case "SIZE" -> "bytes";
      case "D", "DIR", "FILE" -> "path";
      case "N" -> "count";
      case "H:P" -> "host:port";
      case String other -> option.arity().max() == 0 ? "switch" : "";
    };
  }

  /** For a person: columns. */
  public String table() {
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of("SETTING", "VALUE", "DEFAULT", "UNIT", "ORIGIN", "COMMANDS"));
    commandsOfRow.forEach(
        (row, commands) ->
            lines.add(
                List.of(
                    row.name(),
                    row.value().isEmpty() ? "-" : row.value(),
                    row.standard().isEmpty() ? "-" : row.standard(),
                    row.unit(),
                    row.origin(),
                    commands.stream().distinct().collect(Collectors.joining(", ")))));
    int[] widths = new int[lines.getFirst().size()];
    for (List<String> line : lines) {
      for (int i = 0; i < line.size(); i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    return lines.stream().map(line -> padded(line, widths)).collect(Collectors.joining("\n"));
  }

  private static String padded(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      line.append(cells.get(i)).append(" ".repeat(widths[i] - cells.get(i).length() + 2));
    }
    return line.toString().stripTrailing();
  }

  /** For programs: an array of objects. */
  public String json() {
    ArrayNode array = JSON.createArrayNode();
    commandsOfRow.forEach(
        (row, commands) -> {
          ObjectNode object = array.addObject();
          object.put("setting", row.name());
          object.put("value", row.value());
          object.put("default", row.standard());
          object.put("unit", row.unit());
          object.put("origin", row.origin());
          ArrayNode names = object.putArray("commands");
          commands.stream().distinct().forEach(names::add);
        });
    return array.toPrettyString();
  }
}
