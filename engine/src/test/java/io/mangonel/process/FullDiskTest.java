package io.mangonel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.cli.demo.TaskRuns;
import io.mangonel.cluster.Rows;
import io.mangonel.executor.task.SmallDisk;
import io.mangonel.process.ProcessCluster.Setup;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.arrow.flight.FlightRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule D10 with a disk that is really full. */
class FullDiskTest {
  private static final int DISK_MEGABYTES = 160;
  private static final int BLOCK_BYTES = 64 << 10;
  private static final int STATEMENTS_MAX = 200;
  private static final Duration MAX = Duration.ofMinutes(2);

  /** What RocksDB has set aside for its log has to be used up, too. */
  private static final String LONG_COMMENT = "x".repeat(400_000);

  private static final String SLOW =
      "SELECT count(*) AS n FROM range(30000) a(i), range(40000) b(j) WHERE (i * j) % 7 = 0";

  @TempDir Path directory;

  @Test
  void aSchedulerWhoseDiskIsFullEndsWithOneLineAndGoesOnWhenThereIsRoom() throws Exception {
    Path data = Files.createDirectories(directory.resolve("data"));
    Path home = directory.resolve("cluster");
    Path state = home.resolve("state");
    try (var disk = SmallDisk.mount(state, DISK_MEGABYTES);
        var cluster = new ProcessCluster(home, data, new Setup(2, 1, "push"))) {
      var client = new RetryingClient(cluster.address(), data, MAX);
      CompletableFuture<Rows> answer =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return client.answer(SLOW, Map.of());
                } catch (TimeoutException late) {
                  throw new IllegalStateException(late);
                }
              });
      await().atMost(MAX).until(() -> !TaskRuns.read(cluster.executorLogs()).runs().isEmpty());

      Path filler = disk.path().resolve("filler");
      fill(filler);
      var impatient = new RetryingClient(cluster.address(), data, Duration.ZERO);
      int retries = 0;
      for (int i = 0; i < STATEMENTS_MAX && cluster.scheduler().isAlive(); i++) {
        try {
          impatient.answer("SELECT " + i + " /* " + LONG_COMMENT + " */", Map.of());
        } catch (FlightRuntimeException | TimeoutException refused) {
          retries++;
        }
      }
      cluster.scheduler().awaitEnd();
      assertThat(retries).as("clients were told").isPositive();
      List<String> errors =
          cluster.scheduler().errors().lines().filter(line -> line.contains(" ERROR ")).toList();
      assertThat(errors).singleElement().asString().contains("this scheduler ends", "space");
      assertThat(cluster.scheduler().errors()).doesNotContain("\tat ");

      Files.delete(filler);
      cluster.startSchedulerAgain();
      assertThat(answer.get(MAX.toSeconds(), TimeUnit.SECONDS).values())
          .isEqualTo(List.of(List.of(30_000L * 40_000 - 25_714L * 34_285)));
      cluster.scheduler().kill(); // It must be gone before its disk is.
    }
  }

  private static void fill(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(new byte[BLOCK_BYTES]);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("space");
    }
  }
}
