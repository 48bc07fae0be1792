package io.mangonel.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.planner.PlanRequest;
import io.mangonel.planner.names.Definition;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Rule T14: a statement that ends the process that plans it ends another one than the scheduler.
 */
class PlanRehearsalTest {
  private static PlanRequest request(String sql) {
    var settings = new TreeMap<String, String>();
    settings.put("TimeZone", "UTC");
    return new PlanRequest(
        sql,
        settings,
        List.of(Definition.view("v", "CREATE VIEW v AS SELECT 41 AS x")),
        System.getProperty("java.io.tmpdir"),
        2,
        4);
  }

  private static PlanRehearsal.Verdict after(String shell) {
    return new PlanRehearsal(List.of("sh", "-c", shell)).of(request("SELECT 1"));
  }

  @Test
  void aProcessOfItsOwnPlansAndSurvives() {
    PlanRehearsal rehearsal = PlanRehearsal.inOwnJvm(List.of());
    assertThat(rehearsal.of(request("SELECT x + 1 FROM v")))
        .isEqualTo(new PlanRehearsal.Verdict.Harmless());
    assertThat(rehearsal.of(request("SELECT wrong FROM nothing")))
        .as("a wrong statement is harmless, too")
        .isEqualTo(new PlanRehearsal.Verdict.Harmless());
  }

  @Test
  void howTheProcessEndedIsTold() {
    assertThat(after("cat > /dev/null; kill -SEGV $$"))
        .isEqualTo(new PlanRehearsal.Verdict.Deadly("signal 11"));
    assertThat(after("exit 3")).isEqualTo(new PlanRehearsal.Verdict.Deadly("exit code 3"));
    assertThat(new PlanRehearsal(List.of("/nonexistent/java")).of(request("SELECT 1")))
        .isInstanceOf(PlanRehearsal.Verdict.Unknown.class);
  }

  @Test
  void aRequestSurvivesItsEncoding() {
    PlanRequest request = request("SELECT 'ä;\n'");
    assertThat(PlanRequest.decode(request.encode())).isEqualTo(request);
  }
}
