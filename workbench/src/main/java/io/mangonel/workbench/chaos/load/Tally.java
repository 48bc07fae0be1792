package io.mangonel.workbench.chaos.load;

import io.mangonel.cli.client.TextTable;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** How often what was asked, and what clients were told. */
public final class Tally {
  private static final int MESSAGES_SHOWN = 15;

  private final Map<String, Counts> kinds = new TreeMap<>();
  private final Map<String, Integer> messages = new TreeMap<>();

  private static final class Counts {
    private int asked;
    private int right;
    private int ended;
    private int late;
    private int again;
  }

  private synchronized Counts counts(String kind) {
    return kinds.computeIfAbsent(kind, _ -> new Counts());
  }

  synchronized void asked(String kind) {
    counts(kind).asked++;
  }

  synchronized void right(String kind) {
    counts(kind).right++;
  }

  /** A cancel that was one. */
  synchronized void ended(String kind, boolean cancelled) {
    counts(kind).ended += cancelled ? 1 : 0;
  }

  /** Its client came back when the result was no longer kept. */
  synchronized void late(String kind) {
    counts(kind).late++;
  }

  synchronized void again(String kind) {
    counts(kind).again++;
  }

  synchronized void told(String message) {
    messages.merge(message, 1, Integer::sum);
  }

  /** Right answers of all kinds. */
  public synchronized int rightAnswers() {
    return kinds.values().stream().mapToInt(counts -> counts.right).sum();
  }

  public synchronized String text() {
    TextTable table =
        new TextTable("ASKED", "TIMES", "RIGHT", "CANCELLED", "TOO LATE", "SENT AGAIN");
    kinds.forEach(
        (kind, counts) ->
            table.row(
                kind,
                String.valueOf(counts.asked),
                String.valueOf(counts.right),
                String.valueOf(counts.ended),
                String.valueOf(counts.late),
                String.valueOf(counts.again)));
    TextTable told = new TextTable("TIMES", "CLIENTS WERE TOLD");
    messages.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
        .limit(MESSAGES_SHOWN)
        .forEach(entry -> told.row(String.valueOf(entry.getValue()), entry.getKey()));
    return table + "\n\n" + told;
  }
}
