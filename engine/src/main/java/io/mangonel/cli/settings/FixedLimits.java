package io.mangonel.cli.settings;

import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.state.StateLimits;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The limits that no option changes, read from the classes that name them. */
final class FixedLimits {
  private FixedLimits() {}

  /**
   * @param name {@code executor.agent.outbox-max}
   */
  record Limit(String name, String value) {}

  /** Those of {@code role}, or all when it is empty. */
  static List<Limit> of(String role, Path workDirectory) {
    List<Limit> limits = new ArrayList<>();
    boolean scheduler = !role.equals("executor");
    boolean executor = !role.equals("scheduler");
    if (scheduler) {
      ofRecord("scheduler.core", io.mangonel.core.owner.Limits.DEFAULTS, limits);
      ofConstants("scheduler", ShellLimits.class, limits);
      ofConstants("scheduler.planner", io.mangonel.planner.database.Limits.class, limits);
      ofConstants("scheduler.state", StateLimits.class, limits);
    }
    if (executor) {
      ofRecord("executor", io.mangonel.executor.Limits.of(workDirectory), limits);
      ofConstants("executor.shuffle", io.mangonel.shuffle.Limits.class, limits);
    }
    ofConstants("wire", io.mangonel.wire.Limits.class, limits);
    return limits;
  }

  private static void ofRecord(String area, Record limits, List<Limit> into) {
    for (RecordComponent component : limits.getClass().getRecordComponents()) {
      Object value;
      try {
        value = component.getAccessor().invoke(limits);
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("cannot read " + component, e);
      }
      String name = area + "." + component.getName().replaceAll("([A-Z])", "-$1");
      if (value instanceof Record nested) {
        ofRecord(name, nested, into);
      } else {
        into.add(new Limit(name.toLowerCase(Locale.ROOT), String.valueOf(value)));
      }
    }
  }

  private static void ofConstants(String area, Class<?> limits, List<Limit> into) {
    for (Field field : limits.getDeclaredFields()) {
      if (Modifier.isPublic(field.getModifiers()) && Modifier.isStatic(field.getModifiers())) {
        try {
          String name = field.getName().replace('_', '-').toLowerCase(Locale.ROOT);
          into.add(new Limit(area + "." + name, String.valueOf(field.get(null))));
        } catch (IllegalAccessException e) {
          throw new IllegalStateException("cannot read " + field, e);
        }
      }
    }
  }

  /** From the last part of a name, by our convention. */
  static String unit(String name) {
    return switch (name.replaceFirst("-(max|min|default)$", "").replaceFirst(".*[-.]", "")) {
      case "ms" -> "ms";
      case "s", "seconds" -> "s";
      case "bytes" -> "bytes";
      case "characters", "chars" -> "characters";
      case "rows" -> "rows";
      case String other -> name.contains("-bytes") ? "bytes" : name.contains("-ms") ? "ms" : "";
    };
  }
}
