package io.mangonel.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.core.record.JobRequest;
import io.mangonel.planner.PlanResult;
import io.mangonel.planner.Planner;
import io.mangonel.scheduler.insight.SchedulerMetrics;
import io.mangonel.scheduler.loop.EventQueue;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.state.MemoryStateBackend;
import io.mangonel.state.StateBackend;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What becomes of a statement that may have ended schedulers (rule T14). */
class PlanningTest {
  private static final JobRequest REQUEST =
      new JobRequest("SELECT 42", new TreeMap<>(), "/", "", "tester", "v", 1, "", 0);

  /**
   * @param shell what the process does that plans it first
   */
  private static Planning.Outcome suspect(String shell) {
    try (StateBackend store = MemoryStateBackend.open();
        Planning planning =
            new Planning(
                Planner.open(List.of()),
                new PlanRehearsal(List.of("sh", "-c", shell)),
                _ -> List.of(),
                new JobDirectory(new StoredState(store)),
                new EventQueue(),
                new SchedulerMetrics())) {
      return planning.planSuspect(REQUEST, new Planning.ClusterSize(1, 1));
    }
  }

  @Test
  void itIsPlannedHereAfterAnotherProcessSurvivedIt() {
    assertThat(suspect("exit 0"))
        .isInstanceOfSatisfying(
            Planning.Outcome.Planned.class,
            planned -> assertThat(planned.result()).isInstanceOf(PlanResult.Query.class));
  }

  @Test
  void whatEndsTheOtherProcessIsAnErrorOfTheStatement() {
    assertThat(suspect("kill -SEGV $$"))
        .isInstanceOfSatisfying(
            Planning.Outcome.Planned.class,
            planned ->
                assertThat(planned.result())
                    .isInstanceOfSatisfying(
                        PlanResult.Rejected.class,
                        rejected -> assertThat(rejected.message()).contains("signal 11")));
  }
}
