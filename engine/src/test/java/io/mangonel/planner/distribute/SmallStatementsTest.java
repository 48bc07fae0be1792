package io.mangonel.planner.distribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.read.ReadOutcome;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is quicker on one executor is one stage, and only when nobody asks for a way to join. */
class SmallStatementsTest {
  private static final int SLOTS = 3;

  @TempDir Path directory;

  @Test
  void aStatementThatReadsLittleIsOneStage() throws Exception {
    try (Planning planning = SmallTables.in(directory)) {
      assertThat(stages(planning, JoinMode.AUTO, DistributeRequest.ONE_STAGE_BELOW_MS))
          .isEqualTo(1);
      assertThat(stages(planning, JoinMode.AUTO, 0)).isGreaterThan(1);
      assertThat(stages(planning, JoinMode.HASH, DistributeRequest.ONE_STAGE_BELOW_MS))
          .isGreaterThan(1);
    }
  }

  private static int stages(Planning planning, JoinMode mode, double oneStageBelowMs)
      throws SQLException {
    String sql = "SELECT name, count(*) FROM facts JOIN dims ON g = id GROUP BY name";
    assertThat(planning.read(sql)).isInstanceOf(ReadOutcome.Plan.class);
    Relation relation = ((ReadOutcome.Plan) planning.read(sql)).relation();
    var request =
        new DistributeRequest(
            relation,
            List.of("name", "n"),
            planning.tables(),
            List.of(),
            SLOTS,
            mode,
            oneStageBelowMs);
    DistributeOutcome outcome = QueryDistributor.distribute(request);
    assertThat(outcome).isInstanceOf(DistributeOutcome.Stages.class);
    return ((DistributeOutcome.Stages) outcome).plan().stages().size();
  }
}
