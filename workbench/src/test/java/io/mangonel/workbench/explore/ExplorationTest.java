package io.mangonel.workbench.explore;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Rules D1 to D5, T5 to T10 in every order of a few steps, from every point of a job's life. */
class ExplorationTest {
  private static final long NO_END = Long.MAX_VALUE;
  private static final int DEATHS_EVERY = 5;

  @Test
  void whateverTheOrderAndWhicheverOwnerDiesNothingRunsTwice() {
    holds(Scope.owners(1), 2, 800);
  }

  @Test
  void aJobComesToOneEndAlsoWhenExecutorsDieAndMessagesAreLost() {
    holds(Scope.all(1), 1, 300);
  }

  private static void holds(Scope scope, int depth, long statesMin) {
    var result = new Exploration(scope, depth, NO_END, DEATHS_EVERY).run();
    System.out.println(result.text());
    assertThat(result.failure()).isNull();
    assertThat(result.states()).isGreaterThan(statesMin);
    assertThat(result.followed()).isPositive();
  }
}
