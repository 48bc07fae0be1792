package io.mangonel.workbench.chaos;

import io.mangonel.workbench.chaos.record.History;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A run as one HTML file without anything from elsewhere: a lane for each server. */
final class TimeLinePage {
  private static final int WIDTH = 1_600;
  private static final int LANE = 26;
  private static final int LABEL = 110;
  private static final int AXIS = 24;
  private static final int MARK_S = 10;

  private static final String STYLE =
      """
      body { font: 14px sans-serif; margin: 1.5em; color: #222; background: #fff; }
      pre { background: #f4f4f4; padding: 1em; overflow: auto; }
      svg text { font: 11px sans-serif; fill: #444; }
      .FAULT { fill: #d9822b; } .DOWN { fill: #999; } .ANSWER { fill: #3a9d5d; } .WRONG { fill: #c00; }
      .lane { stroke: #ddd; }
      """;

  private final Instant start;
  private final Instant end;
  private final List<History.Span> spans;

  TimeLinePage(Instant start, Instant end, List<History.Span> spans) {
    this.start = start;
    this.end = end;
    this.spans = List.copyOf(spans);
  }

  /**
   * The whole page.
   *
   * @param report what was printed
   */
  String html(String title, String report) {
    List<String> lanes = new ArrayList<>(ChaosCluster.hostNames());
    lanes.add("all");
    lanes.add("clients");
    StringBuilder svg = new StringBuilder();
    int height = AXIS + lanes.size() * LANE;
    for (int i = 0; i < lanes.size(); i++) {
      int y = AXIS + i * LANE;
      svg.append(
          "<text x='0' y='%d'>%s</text><line class='lane' x1='%d' x2='%d' y1='%d' y2='%d'/>%n"
              .formatted(y + 16, lanes.get(i), LABEL, WIDTH, y + LANE - 2, y + LANE - 2));
    }
    long seconds = Math.max(1, Duration.between(start, end).toSeconds());
    long every = Math.max(MARK_S, seconds / 200 * MARK_S);
    for (long second = 0; second <= seconds; second += every) {
      double x = x(start.plusSeconds(second));
      svg.append(String.format(Locale.ROOT, "<text x='%.0f' y='14'>%d s</text>%n", x, second));
    }
    for (History.Span span : spans) {
      svg.append(rectangle(span, AXIS + Math.max(0, lanes.indexOf(span.lane())) * LANE));
    }
    return """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>%s</title><style>%s</style></head><body>
    <h1>%s</h1>
    <p>Orange: a fault. Grey: ended by itself. Green: a right answer, as long as it took. Red: a wrong one.
    Point at one to see what it is.</p>
    <svg width="%d" height="%d" viewBox="0 0 %d %d">%s</svg>
    <pre>%s</pre>
    <h2>Faults</h2><table>%s</table>
    </body></html>
    """
        .formatted(
            text(title),
            STYLE,
            text(title),
            WIDTH,
            height,
            WIDTH,
            height,
            svg,
            text(report),
            faults());
  }

  private String faults() {
    StringBuilder rows = new StringBuilder();
    spans.stream()
        .filter(span -> span.kind() == History.Kind.FAULT || span.kind() == History.Kind.DOWN)
        .sorted(Comparator.comparing(History.Span::from))
        .forEach(
            span ->
                rows.append(
                    String.format(
                        Locale.ROOT,
                        "<tr><td>%.1f s</td><td>%.1f s</td><td>%s</td><td>%s</td></tr>%n",
                        seconds(span.from()),
                        seconds(span.to()),
                        text(span.lane()),
                        text(span.what()))));
    return rows.toString();
  }

  private String rectangle(History.Span span, int y) {
    double from = x(span.from());
    double width = Math.max(2, x(span.to()) - from);
    boolean answer = span.kind() == History.Kind.ANSWER;
    return String.format(
        Locale.ROOT,
        "<rect class='%s' x='%.1f' y='%d' width='%.1f' height='%d' opacity='%s'>"
            + "<title>%s, %.1f s to %.1f s</title></rect>%n",
        span.kind(),
        from,
        y + 4,
        width,
        LANE - 10,
        answer ? "0.35" : "0.9",
        text(span.what()),
        seconds(span.from()),
        seconds(span.to()));
  }

  private double seconds(Instant time) {
    return Duration.between(start, time).toMillis() / 1000.0;
  }

  private double x(Instant time) {
    double share = seconds(time) / Math.max(1, Duration.between(start, end).toSeconds());
    return LABEL + share * (WIDTH - LABEL);
  }

  private static String text(String raw) {
    return raw.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&#39;");
  }
}
