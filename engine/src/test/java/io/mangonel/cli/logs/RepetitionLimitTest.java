package io.mangonel.cli.logs;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepetitionLimitTest {
  @TempDir Path directory;

  @Test
  void whatRepeatsIsCountedInsteadOfLogged() {
    AtomicLong nowMs = new AtomicLong(1);
    LoggerContext context = new LoggerContext();
    context.addTurboFilter(new RepetitionLimit(nowMs::get));
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.setContext(context);
    lines.start();
    Logger logger = context.getLogger("test");
    logger.addAppender(lines);
    for (int i = 0; i < RepetitionLimit.REPETITIONS_MAX + 7; i++) {
      logger.warn("peer {} is away", i);
      logger.info("task {} starts", i);
    }
    logger.error("another");
    assertThat(messages(lines, "peer")).hasSize(RepetitionLimit.REPETITIONS_MAX);
    assertThat(messages(lines, "task")).hasSize(RepetitionLimit.REPETITIONS_MAX + 7);
    assertThat(messages(lines, "another")).hasSize(1);
    nowMs.addAndGet(RepetitionLimit.WINDOW_MS);
    logger.warn("peer {} is away", "x");
    assertThat(messages(lines, "peer x")).hasSize(1);
    assertThat(messages(lines, "7 lines"))
        .containsExactly("7 lines were not logged that began: peer {} is away");
  }

  private static List<String> messages(ListAppender<ILoggingEvent> lines, String beginning) {
    return lines.list.stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(message -> message.startsWith(beginning))
        .toList();
  }

  @Test
  void onlyTheNewestLogsOfEndedProcessesStay() throws IOException {
    long ended = 4_000_000_000L;
    for (int i = 0; i < OldLogs.FILES_MAX + 5; i++) {
      Path file = Files.writeString(directory.resolve("executor-" + (ended + i) + ".log"), "");
      Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000L + i));
    }
    Path own =
        Files.writeString(
            directory.resolve("executor-" + ProcessHandle.current().pid() + ".log"), "");
    Files.setLastModifiedTime(own, FileTime.fromMillis(0));
    Path foreign = Files.writeString(directory.resolve("scheduler-" + ended + ".log"), "");
    OldLogs.sweep(directory, "executor");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.toList())
          .hasSize(OldLogs.FILES_MAX + 2)
          .contains(own, foreign, directory.resolve("executor-" + (ended + 24) + ".log"))
          .doesNotContain(directory.resolve("executor-" + (ended + 4) + ".log"));
    }
  }
}
