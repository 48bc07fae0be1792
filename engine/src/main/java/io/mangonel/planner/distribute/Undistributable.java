package io.mangonel.planner.distribute;

/** A part of the plan that no distribution is known for: the statement runs whole. */
final class Undistributable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Undistributable(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
