package io.mangonel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.process.ProcessCluster.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes are killed with -9 in the middle of the renaming of a COPY (rule T16): every row is
 * there in the end, once, and nothing else.
 */
class CopyCrashTest {
  private static final Duration WAIT = Duration.ofMinutes(2);

  /** So many that their renaming, with the forcing of each directory, takes a while. */
  private static final int FILES = 1_500;

  private static final int ROWS = 30_000;

  @TempDir Path directory;

  /** Who is killed at the first file that has its last name. */
  private enum Victim {
    OWNER,
    PUBLISHER,
    BOTH
  }

  @Test
  void everyRowIsThereOnce() throws Exception {
    Path data = Files.createDirectories(directory.resolve("data"));
    try (var cluster = new ProcessCluster(directory, data, new Setup(1, 1, "push"));
        ExecutorService threads = Executors.newCachedThreadPool()) {
      var client = new RetryingClient(cluster.address(), data, WAIT);
      int inTheMiddle = 0;
      for (Victim victim : Victim.values()) {
        Path target = data.resolve(victim.name());
        var answer =
            threads.submit(
                () ->
                    client.answer(
                        """
                        COPY (SELECT i, i %% %d AS g FROM range(%d) t(i)) \
                        TO '%s' (FORMAT csv, PARTITION_BY (g))"""
                            .formatted(FILES, ROWS, target),
                        Map.of()));
        await().atMost(WAIT).pollInterval(Duration.ofMillis(2)).until(() -> Files.exists(target));

        if (victim != Victim.PUBLISHER) {
          cluster.scheduler().kill();
        }
        if (victim != Victim.OWNER) {
          cluster.executor(0).kill();
          inTheMiddle += files(target).size() < FILES ? 1 : 0;
          cluster.startExecutorAgain(0);
        }
        if (victim != Victim.PUBLISHER) {
          cluster.startSchedulerAgain();
        }
        cluster.awaitExecutor(0);

        assertThat(answer.get().values()).containsExactly(List.of((long) ROWS));
        assertThat(files(target)).as(victim.name()).hasSize(FILES);
        assertThat(
                client
                    .answer(
                        "SELECT count(*), count(DISTINCT i) FROM read_csv('%s/*/*.csv')"
                            .formatted(target),
                        Map.of())
                    .values())
            .containsExactly(List.of((long) ROWS, (long) ROWS));
        assertThat(hidden(data)).isEmpty();
      }
      assertThat(inTheMiddle).as("kills in the middle of the renaming").isPositive();
      assertThat(cluster.bugs()).isEmpty();
    }
  }

  private static List<Path> files(Path target) throws IOException {
    try (Stream<Path> all = Files.walk(target)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private static List<Path> hidden(Path data) throws IOException {
    try (Stream<Path> all = Files.list(data)) {
      return all.filter(path -> path.getFileName().toString().startsWith(".mangonel")).toList();
    }
  }
}
