package io.mangonel.workbench.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.workbench.contest.Answer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DialectSuiteTest {
  private static final int STATEMENTS_MIN = 400;

  @Test
  void hasTheStatementsOfTheEnginesTests(@TempDir Path directory) {
    Suite suite = DialectSuite.make(directory);
    assertThat(suite.statements())
        .hasSizeGreaterThanOrEqualTo(STATEMENTS_MIN)
        .doesNotHaveDuplicates();
    assertThat(suite.views()).anyMatch(view -> view.startsWith("CREATE VIEW \"emp\" AS SELECT"));
  }

  @Test
  void aWrongAnswerOrAnErrorFailsTheRun() {
    Tally tally = new Tally();
    tally.add(new Verdict.Right(3));
    tally.add(new Verdict.Right(1));
    tally.add(new Verdict.Whole("a lambda"));
    assertThat(tally.isBad()).isFalse();
    assertThat(tally.table()).contains("right, several stages        1   33.3 %");
    tally.add(new Verdict.Wrong("1 rows instead of 2"));
    assertThat(tally.isBad()).isTrue();
    Tally failing = new Tally();
    failing.add(new Verdict.Refused("no"));
    assertThat(failing.isBad()).isTrue();
  }

  @Test
  void orderCountsOnlyWhereItIsAskedFor() {
    Answer up = new Answer(List.of(List.of(1), List.of(2)));
    Answer down = new Answer(List.of(List.of(2), List.of(1)));
    assertThat(up.differenceTo(down)).isEmpty();
    assertThat(up.differenceInOrder(down)).contains("row 0 is [1] instead of [2]");
    assertThat(up.differenceInOrder(up)).isEmpty();
  }
}
