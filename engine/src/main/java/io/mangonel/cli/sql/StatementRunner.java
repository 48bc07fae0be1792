package io.mangonel.cli.sql;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.client.StatementSession;
import io.mangonel.cli.format.Footer;
import io.mangonel.cli.format.RowWriter;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.terminal.Screen;
import io.mangonel.flightsql.AdminActions;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Runs statements of one session and prints their answers. */
public final class StatementRunner implements AutoCloseable {
  private final StatementSession session;
  private final Output output;
  private final Screen screen;
  private final PrintStream err;
  private volatile @Nullable Progress progress;

  /**
   * @param settings of all statements
   * @param retryMs how long to wait for a scheduler that goes away meanwhile
   * @param err takes progress, and lines for a person
   */
  public StatementRunner(
      List<HostAndPort> addresses,
      SortedMap<String, String> settings,
      long retryMs,
      Output output,
      Screen screen,
      PrintStream err) {
    this.session = new StatementSession(addresses, settings, retryMs, this::notice);
    this.output = output;
    this.screen = screen;
    this.err = err;
  }

  public StatementSession session() {
    return session;
  }

  private void notice(String text) {
    String line = "mangonel: " + text;
    Progress shown = progress;
    if (shown == null) {
      err.println(line);
    } else {
      shown.say(line);
    }
  }

  /** What is printed of an answer. */
  public enum Print {
    NOTHING,
    /** Its rows, if it is made of any. */
    ROWS,
    /** As {@link #ROWS}, and what its format has for an answer without columns. */
    ALWAYS
  }

  /** Runs a statement to its end. */
  public void run(String statement, Print print) {
    long startNs = System.nanoTime();
    try (Progress shown = begin()) {
      FlightInfo info = session.execute(statement);
      String job = StatementSession.jobId(info);
      if (shown != null) {
        shown.job(job);
      }
      Schema schema = info.getSchemaOptional().orElse(new Schema(List.of()));
      boolean rows = !schema.getFields().isEmpty() && print != Print.NOTHING;
      if (rows || print == Print.ALWAYS) {
        RowWriter writer = output.format().writer(schema, output.writer(), output.layout());
        read(info, writer, shown);
        RunReport report = report(job, startNs, rows && (output.isTimed() || writer.isFull()));
        end(writer, report, shown);
      } else {
        session.read(info, batch -> {});
      }
      if (!rows && print != Print.NOTHING && output.isTimed()) {
        say("done (" + report("", startNs, false).text() + ")", shown);
      }
    } catch (IOException e) {
      throw output.failure(e);
    } finally {
      progress = null;
    }
  }

  private @Nullable Progress begin() {
    progress =
        screen.isCapable() && screen.isErrorTerminal()
            ? new Progress(session, err, screen::columns)
            : null;
    return progress;
  }

  private void read(FlightInfo info, RowWriter writer, @Nullable Progress shown)
      throws IOException {
    long[] received = new long[1];
    session.read(
        info,
        batch -> {
          received[0] += batch.getRowCount();
          if (shown != null && output.isTerminal()) {
            shown.hide();
          } else if (shown != null) {
            shown.received(received[0]);
          }
          writer.write(batch);
        },
        writer::isFull);
  }

  private void end(RowWriter writer, RunReport report, @Nullable Progress shown)
      throws IOException {
    if (shown != null) {
      shown.hide();
    }
    boolean below = output.isTimed() && output.isTimedBelow();
    long rows = report.rows() >= 0 ? report.rows() : Footer.AS_WRITTEN;
    if (writer.isFull() && report.rows() < 0) {
      rows = Footer.UNKNOWN;
    }
    writer.end(new Footer(rows, below ? report.text() : ""));
    if (output.isTimed() && !below && report.elapsedMs() >= 0) {
      err.println(
          (report.rows() < 0 ? "" : RunReport.count(report.rows(), "row") + ", ") + report.text());
    }
  }

  private void say(String line, @Nullable Progress shown) {
    if (shown != null) {
      shown.hide();
    }
    err.println(line);
  }

  /**
   * @param asked whether the scheduler is asked for what the client does not know
   */
  private RunReport report(String job, long startNs, boolean asked) {
    long elapsedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
    Optional<JsonNode> detail =
        asked && !job.isEmpty() ? session.ask(AdminActions.JOBS_SHOW, job) : Optional.empty();
    return RunReport.of(elapsedMs, detail.orElse(null));
  }

  /** Ctrl-C: asks for the end of the statement. Again: does not wait for it. From any thread. */
  public void interrupt(boolean again) {
    if (again) {
      session.abandon();
    } else {
      session.interrupt();
    }
  }

  /** The process is about to end: so does the statement. From any thread. */
  public void endAtExit() {
    Progress shown = progress;
    if (shown != null) {
      shown.hide();
    }
    session.cancel();
  }

  @Override
  public void close() {
    session.close();
  }
}
