package io.mangonel.planner.read;

import java.io.Serial;

/** Unwinds the reader; never leaves {@link PlanReader}. */
final class UnsupportedPlan extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  UnsupportedPlan(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
