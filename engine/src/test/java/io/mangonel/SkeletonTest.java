package io.mangonel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SkeletonTest {
  @Test
  void runsOnJava25() {
    assertThat(Runtime.version().feature()).isGreaterThanOrEqualTo(25);
  }
}
