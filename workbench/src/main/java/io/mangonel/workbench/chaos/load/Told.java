package io.mangonel.workbench.chaos.load;

import java.util.List;

/** What came of one try. */
sealed interface Told {
  /** The rows. */
  record Rows(io.mangonel.workbench.contest.Answer answer) implements Told {}

  /** An error. */
  record Failed(String message) implements Told {
    /** Of errors that say that the statement, or we, are wrong: sending again cannot help. */
    private static final List<String> FINAL =
        List.of(
            "Binder Error",
            "Parser Error",
            "Catalog Error",
            "Conversion Error",
            "INTERNAL Error",
            "by a bug",
            "NullPointerException",
            "IllegalStateException",
            "does not exist",
            "it may be the cause",
            "no job");

    boolean isFinal() {
      return FINAL.stream().anyMatch(message::contains);
    }

    /** The statement ran, and its result was not fetched while it was kept. */
    boolean isTooLate() {
      return message.contains("no longer kept");
    }

    /** Without what differs each time. */
    String shortened() {
      String line = message.lines().findFirst().orElse("");
      String general = line.replaceAll("[0-9a-f-]*[0-9][0-9a-f-]*", "#");
      return general.length() > 140 ? general.substring(0, 140) + "..." : general;
    }
  }

  /** Nothing, for as long as a client waits. */
  record Nothing() implements Told {}
}
