package io.mangonel.cli.options;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.OptionSpec;

/** What values options take, known without running their commands. */
public final class OptionRanges {
  /** More in one process would only get in each other's way. */
  public static final int EXECUTORS_MAX = 64;

  private OptionRanges() {}

  /**
   * Refuses what the option's command would refuse before it starts. Whether a directory or an
   * address is there is seen then.
   */
  public static void check(OptionSpec option, String value) {
    String name = option.longestName();
    Class<?> type = option.auxiliaryTypes()[0];
    if (type.isEnum()) {
      checkWord(name, value, type);
    } else if (type == boolean.class || type == Boolean.class) {
      checkSwitch(name, value);
    }
    switch (name) {
      case "--port", "--http-port" ->
          PortOptions.checked(name, Math.toIntExact(number(name, value)));
      case "--slots", "--threads", "--parts" -> atLeast(1, name, number(name, value));
      case "--executors" -> executors(Math.toIntExact(number(name, value)));
      case "--running-jobs" -> atLeast(1, name, number(name, value));
      case "--retry-ms", "--queued-jobs" -> atLeast(0, name, number(name, value));
      case "--memory" -> EngineOptions.memoryBytes(value);
      case "--retention", "--timeout" -> Duration.parseMs(name, value);
      default -> {}
    }
  }

  private static void checkWord(String name, String value, Class<?> type) {
    List<String> words = Arrays.stream(type.getEnumConstants()).map(String::valueOf).toList();
    if (!words.contains(value)) {
      String all = words.stream().collect(Collectors.joining(", "));
      throw CommandFailure.usage(name + " must be one of " + all + ", it is '" + value + "'");
    }
  }

  private static void checkSwitch(String name, String value) {
    if (!value.equalsIgnoreCase("true") && !value.equalsIgnoreCase("false")) {
      throw CommandFailure.usage(name + " must be true or false, it is '" + value + "'");
    }
  }

  private static long number(String name, String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw CommandFailure.usage(name + " must be a whole number, it is '" + value + "'");
    }
  }

  /** Refuses a value below {@code least}. */
  public static void atLeast(long least, String name, long value) {
    if (value < least) {
      throw CommandFailure.usage(name + " must be at least " + least + ", it is " + value);
    }
  }

  /** The number itself; refuses what is none of executors in one process. */
  public static int executors(int value) {
    if (value < 1 || value > EXECUTORS_MAX) {
      throw CommandFailure.usage(
          "--executors must be from 1 to " + EXECUTORS_MAX + ", it is " + value);
    }
    return value;
  }
}
