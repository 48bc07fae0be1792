package io.mangonel.workbench.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mangonel.workbench.contest.Answer;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The arithmetic and the text of the reports; nothing is timed here. */
class TpchReportTest {
  private static final TpchReport.Setup SETUP = new TpchReport.Setup(0.1, 2, 12_000, 1, "AUTO");
  private static final Answer ANSWER =
      new Answer(List.of(List.of("a", new BigDecimal("1.50")), List.of("b", 2.0)));

  @Test
  void figures() {
    assertThat(Figures.median(List.of(3.0, 1.0, 2.0))).isEqualTo(2.0);
    assertThat(Figures.median(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(2.5);
    assertThat(Figures.geometricMean(List.of(0.5, 2.0, 8.0))).isCloseTo(2.0, within(1e-12));
    List<Double> hundred =
        java.util.stream.IntStream.rangeClosed(1, 100).mapToObj(i -> (double) i).toList();
    assertThat(Figures.percentile(hundred, 0.5)).isEqualTo(50.0);
    assertThat(Figures.percentile(hundred, 0.99)).isEqualTo(99.0);
    assertThat(Figures.percentile(hundred, 1)).isEqualTo(100.0);
    assertThat(Figures.percentile(List.of(7.0), 0.5)).isEqualTo(7.0);
  }

  @Test
  void answersAreComparedWithoutTheirOrder() {
    Answer turned = new Answer(List.of(List.of("b", 2.0), List.of("a", new BigDecimal("1.50"))));
    Answer rounded =
        new Answer(List.of(List.of("a", new BigDecimal("1.50")), List.of("b", 2.0000000000001)));
    assertThat(turned.differenceTo(ANSWER)).isEmpty();
    assertThat(turned.checksum()).isEqualTo(ANSWER.checksum());
    assertThat(rounded.differenceTo(ANSWER)).isEmpty();
    assertThat(rounded.checksum()).isEqualTo(ANSWER.checksum());
    assertThat(new Answer(List.of(List.of("a", new BigDecimal("1.5")))).differenceTo(ANSWER))
        .contains("1 rows instead of 2");
    Answer other = new Answer(List.of(List.of("a", new BigDecimal("1.51")), List.of("b", 2.0)));
    assertThat(other.differenceTo(ANSWER)).contains("[a, 1.51] instead of [a, 1.50]");
    assertThat(other.checksum()).isNotEqualTo(ANSWER.checksum());
  }

  @Test
  void theMedianOfRightAnswersCounts() {
    var cell = TpchReport.Cell.of(List.of(answered(10), answered(30), answered(20)), ANSWER);
    assertThat(cell).isEqualTo(new TpchReport.Cell(20.0, 40.0, null));
  }

  @Test
  void aWrongAnswerHasNoTime() {
    Answer none = new Answer(List.of());
    var cell = TpchReport.Cell.of(List.of(answered(10)), none);
    assertThat(cell.time()).isEmpty();
    assertThat(cell.problem()).isEqualTo("wrong: 2 rows instead of 0");
    assertThat(TpchReport.Cell.of(List.of(new Outcome.TimedOut(300)), ANSWER).problem())
        .isEqualTo("no answer within 300 ms");
    assertThat(TpchReport.Cell.of(List.of(new Outcome.Failed("no")), ANSWER).problem())
        .isEqualTo("failed: no");
  }

  @Test
  void textAndJson() {
    var report =
        new TpchReport(
            SETUP,
            List.of(
                line(1, cell(100), cell(200), cell(50)),
                line(2, cell(100), cell(50), cell(200)),
                line(3, cell(100), new TpchReport.Cell(null, 0, "failed:\n no"), cell(100))));
    assertThat(
            TpchReport.HEADER + "\n" + report.lines().getFirst().text() + "\n" + report.summary())
        .isEqualTo(
            """
              q    rows      plain        one    several  one/p  sev/p  stages  answers
              1       2        100        200         50   2.00   0.50       4  same c0ffee00
            sum                200        250        250   1.25   1.25          2 of 3 queries the same
            geo                                            1.00   1.00          geometric mean of the ratios
            cpu                400        500        500 \
                                   processor time of all processes""");
    assertThat(report.isAllRight()).isFalse();
    assertThat(report.lines().get(2).problems()).containsExactly("one: failed: no");
    assertThat(report.lines().get(2).text()).endsWith("NOT THE SAME");
    assertThat(report.json().path("queries").path(1).path("several").path("ms").asDouble())
        .isEqualTo(200);
    assertThat(report.json().path("queries").path(2).path("one").path("ms").isNull()).isTrue();
  }

  @Test
  void latencies() {
    var idle =
        new LatencyReport.Series("lookup", false, "plain DuckDB", 1, List.of(1.0, 3.0, 2.0), 6);
    var busy = new LatencyReport.Series("mixed", true, "plain DuckDB", 1, List.of(2.0), 2);
    var cluster = new LatencyReport.Series("lookup", false, "2 x 1", 1, List.of(5.0), 5);
    var report = new LatencyReport(2, List.of(idle, busy, cluster));
    assertThat(report.text().lines().map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "ASKED QUERY CLIENTS P50 MS P90 MS P99 MS MAX MS QUERIES/S RATIO",
            "plain DuckDB lookup 1 2.00 3.00 3.00 3.00 500.00 1.00",
            "plain DuckDB mixed, busy 1 2.00 2.00 2.00 2.00 500.00 1.00",
            "2 x 1 lookup 1 5.00 5.00 5.00 5.00 200.00 2.50");
    assertThat(report.json().path("series").path(2).path("p50_ratio").asDouble()).isEqualTo(2.5);
    assertThat(report.json().path("series").path(1).path("busy").asBoolean()).isTrue();
  }

  private static Outcome answered(double ms) {
    return new Outcome.Answered(ms, (long) (2 * ms), ANSWER);
  }

  private static TpchReport.Cell cell(double ms) {
    return new TpchReport.Cell(ms, 2 * ms, null);
  }

  private static TpchReport.Line line(
      int query, TpchReport.Cell plain, TpchReport.Cell one, TpchReport.Cell several) {
    return new TpchReport.Line(query, 2, "c0ffee00", 4, plain, one, several);
  }
}
