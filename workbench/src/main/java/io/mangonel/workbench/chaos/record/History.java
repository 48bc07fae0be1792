package io.mangonel.workbench.chaos.record;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What happened when, on which lane. */
public final class History {
  private final List<Span> spans = new CopyOnWriteArrayList<>();

  /** How it is drawn. */
  public enum Kind {
    FAULT,
    DOWN,
    ANSWER,
    WRONG
  }

  public record Span(Kind kind, String lane, Instant from, Instant to, String what) {}

  public void add(Kind kind, String lane, Instant from, Instant to, String what) {
    spans.add(new Span(kind, lane, from, to, what));
  }

  public List<Span> spans() {
    return List.copyOf(spans);
  }
}
