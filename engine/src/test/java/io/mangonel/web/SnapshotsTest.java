package io.mangonel.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.scheduler.query.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SnapshotsTest {
  private final Snapshots snapshots = new Snapshots();
  private final AtomicInteger asked = new AtomicInteger();

  private Answer<Integer> get(String key) {
    return snapshots.get(key, () -> new Answer.Ok<>(asked.incrementAndGet()));
  }

  @Test
  void aHundredWhoAskAtOnceAreOneQuestion() throws Exception {
    var begin = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Answer<Integer>> ask =
          () -> {
            assertThat(begin.await(10, TimeUnit.SECONDS)).isTrue();
            return get("jobs");
          };
      List<Future<Answer<Integer>>> answers = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        answers.add(threads.submit(ask));
      }
      begin.countDown();
      long startNs = System.nanoTime();
      for (Future<Answer<Integer>> answer : answers) {
        assertThat(answer.get(10, TimeUnit.SECONDS)).isInstanceOf(Answer.Ok.class);
      }
      // One more for each time that it became old meanwhile.
      long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
      assertThat(asked.get()).isBetween(1, (int) (2 + tookMs / WebLimits.SNAPSHOT_MS));
    }
  }

  @Test
  void everyKeyHasItsOwnAnswerAndAChangeForgetsIt() {
    assertThat(get("a")).isEqualTo(new Answer.Ok<>(1));
    assertThat(get("b")).isEqualTo(new Answer.Ok<>(2));
    snapshots.forget("b");
    assertThat(get("b")).isEqualTo(new Answer.Ok<>(3));
  }
}
