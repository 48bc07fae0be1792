package io.mangonel.cli.sql;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.client.StatementSession;
import io.mangonel.flightsql.AdminActions;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One line on a terminal that says how far a statement is, and is gone when it has ended. It begins
 * after a moment: most statements are faster than one can read.
 */
final class Progress implements AutoCloseable {
  private static final long FIRST_AFTER_MS = 400;
  private static final long EVERY_MS = 250;

  /** Asking takes at most one part in so many of the time, however large the job is. */
  private static final long ASKING_SHARE = 20;

  private static final int BAR_WIDTH = 20;
  private static final String ERASE = "\r\u001b[K";

  private final StatementSession session;
  private final PrintStream err;
  private final IntSupplier columns;
  private final long startNs = System.nanoTime();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread thread;

  private volatile String job = "";
  private volatile long received;
  private boolean drawn;
  private boolean hidden;

  /**
   * @param columns width of the terminal, now
   */
  Progress(StatementSession session, PrintStream err, IntSupplier columns) {
    this.session = session;
    this.err = err;
    this.columns = columns;
    this.thread = Thread.ofVirtual().name("progress").start(this::run);
  }

  /** The statement is this job; empty when it is none. */
  void job(String id) {
    job = id;
  }

  /** So many rows have arrived. */
  void received(long rows) {
    received = rows;
  }

  /** A line for a person, which stays, in place of the progress. */
  synchronized void say(String line) {
    erase();
    err.println(line);
  }

  /** Nothing is drawn any more. */
  synchronized void hide() {
    erase();
    hidden = true;
  }

  private void run() {
    long pauseMs = FIRST_AFTER_MS;
    while (!awaitEnd(pauseMs)) {
      long beforeNs = System.nanoTime();
      String id = job;
      Optional<JsonNode> detail =
          id.isEmpty() || received > 0 ? Optional.empty() : session.ask(AdminActions.JOBS_SHOW, id);
      long askedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beforeNs);
      pauseMs = Math.max(EVERY_MS, askedMs * ASKING_SHARE);
      draw(detail.orElse(null));
    }
  }

  private boolean awaitEnd(long timeoutMs) {
    try {
      return ended.await(timeoutMs, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private synchronized void draw(@Nullable JsonNode detail) {
    if (hidden) {
      return;
    }
    double seconds = (System.nanoTime() - startNs) / 1e9;
    String text = String.format(Locale.ROOT, "%.1f s  %s", seconds, state(detail));
    int width = Math.max(1, columns.getAsInt() - 1);
    err.print(ERASE + (text.length() > width ? text.substring(0, width) : text));
    err.flush();
    drawn = true;
  }

  private String state(@Nullable JsonNode detail) {
    if (received > 0) {
      return count(received) + " rows received";
    }
    if (detail == null) {
      return job.isEmpty() ? "planning" : "waiting for the scheduler";
    }
    return text(detail);
  }

  /** Of a job as the scheduler shows it. */
  static String text(JsonNode detail) {
    long stages = 0;
    long stagesDone = 0;
    long tasks = 0;
    long done = 0;
    long running = 0;
    long rows = 0;
    for (JsonNode stage : detail.path("stages")) {
      stages++;
      stagesDone += stage.path("done").asLong() == stage.path("tasks").asLong() ? 1 : 0;
      tasks += stage.path("tasks").asLong();
      done += stage.path("done").asLong();
      running += stage.path("running").asLong();
      rows += stage.path("rows").asLong();
    }
    if (stages == 0) {
      return detail.path("state").asText().toLowerCase(Locale.ROOT);
    }
    int filled = (int) (BAR_WIDTH * done / Math.max(1, tasks));
    return "[%s%s] stages %d/%d  tasks %d/%d, %d running  %s rows"
        .formatted(
            "=".repeat(filled),
            " ".repeat(BAR_WIDTH - filled),
            stagesDone,
            stages,
            done,
            tasks,
            running,
            count(rows));
  }

  private static String count(long rows) {
    return String.format(Locale.ROOT, "%,d", rows);
  }

  private void erase() {
    if (drawn) {
      err.print(ERASE);
      err.flush();
      drawn = false;
    }
  }

  @Override
  public void close() {
    ended.countDown();
    hide();
    // It may be waiting for an answer: it draws nothing any more, and is not waited for.
    thread.interrupt();
  }
}
