package io.mangonel.executor.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** As Linux shows it. */
class BackgroundThreadsTest {
  private static final Path SELF = Path.of("/proc/thread-self/stat");

  /** After the name, which ends with the last parenthesis: state, and 16 numbers later this. */
  private static final int NICENESS_AFTER_NAME = 16;

  private static int niceness() {
    try {
      String line = Files.readString(SELF);
      String rest = line.substring(line.lastIndexOf(')') + 2);
      return Integer.parseInt(rest.split(" ", -1)[NICENESS_AFTER_NAME]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theyAreNicerThanWhoMadeThemAndTheirThreadsAre() throws Exception {
    assumeTrue(Files.exists(SELF), "no /proc/thread-self: not Linux");
    int here = niceness();
    try (var threads = Executors.newFixedThreadPool(1, new BackgroundThreads())) {
      Future<Integer> there = threads.submit(BackgroundThreadsTest::niceness);
      Future<Integer> ofTheirs =
          threads.submit(
              () -> {
                try (var started = Executors.newSingleThreadExecutor()) {
                  return started.submit(BackgroundThreadsTest::niceness).get();
                }
              });
      assertThat(there.get()).isEqualTo(Math.min(19, here + Limits.TASK_NICENESS));
      assertThat(ofTheirs.get()).isEqualTo(there.get());
    }
    assertThat(niceness()).isEqualTo(here);
  }
}
