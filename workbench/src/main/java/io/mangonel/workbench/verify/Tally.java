package io.mangonel.workbench.verify;

import java.util.Locale;

/** How many statements ended how. */
final class Tally {
  private int severalStages;
  private int oneStage;
  private int whole;
  private int errors;
  private int wrong;

  void add(Verdict verdict) {
    switch (verdict) {
      case Verdict.Right(int stages) -> {
        if (stages > 1) {
          severalStages++;
        } else {
          oneStage++;
        }
      }
      case Verdict.Whole _ -> whole++;
      case Verdict.Refused _ -> errors++;
      case Verdict.Wrong _ -> wrong++;
    }
  }

  private int all() {
    return severalStages + oneStage + whole + errors + wrong;
  }

  /** Whether the cluster answers what plain DuckDB does not, or does not answer what it does. */
  boolean isBad() {
    return wrong + errors > 0;
  }

  String table() {
    return "%nstatements               %5d%n".formatted(all())
        + line("right, several stages", severalStages)
        + line("right, one stage", oneStage)
        + line("whole on one executor", whole)
        + line("error", errors)
        + line("wrong", wrong);
  }

  private String line(String what, int count) {
    double percent = all() == 0 ? 0 : 100.0 * count / all();
    return String.format(Locale.ROOT, "%-24s %5d %6.1f %%%n", what, count, percent);
  }
}
