package io.mangonel.cli.doctor;

/**
 * One thing that was looked at.
 *
 * @param advice what to do; empty when it is all right
 */
public record Finding(Grade grade, String subject, String detail, String advice) {
  /** The constants are what is printed. */
  public enum Grade {
    ok,
    warn,
    fail
  }

  static Finding ok(String subject, String detail) {
    return new Finding(Grade.ok, subject, detail, "");
  }

  static Finding warn(String subject, String detail, String advice) {
    return new Finding(Grade.warn, subject, detail, advice);
  }

  static Finding fail(String subject, String detail, String advice) {
    return new Finding(Grade.fail, subject, detail, advice);
  }
}
