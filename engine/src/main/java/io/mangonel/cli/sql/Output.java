package io.mangonel.cli.sql;

import io.mangonel.cli.format.Format;
import io.mangonel.cli.format.TableLayout;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.terminal.Screen;
import io.mangonel.cli.terminal.TextWidth;
import io.mangonel.files.FileProblem;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where answers go, and in what form; a shell changes both as it goes. */
public final class Output implements AutoCloseable {
  /** Rows of a table that a terminal shows: more are scrolled away before they are read. */
  private static final long TERMINAL_ROWS_MAX = 100;

  /** When something is said about how a statement was run. */
  public enum Timing {
    /** On a terminal. */
    AUTO,
    ON,
    OFF
  }

  private final Screen screen;
  private final boolean terminal;
  private final Writer standard = Format.buffered(new FileOutputStream(FileDescriptor.out));
  private @Nullable Writer file;
  private Format format;
  private Timing timing;
  private boolean expanded;
  private long rowsMax;

  public Output(Screen screen, Format format, Timing timing) {
    this.screen = screen;
    this.terminal = screen.isOutputTerminal();
    this.format = format;
    this.timing = timing;
    this.rowsMax = terminal ? TERMINAL_ROWS_MAX : Long.MAX_VALUE;
  }

  Writer writer() {
    Writer open = file;
    return open == null ? standard : open;
  }

  /** Writes lines for a person; a terminal shows of each what fits. */
  void say(String text) {
    int columnsMax = isTerminal() ? screen.columns() : Integer.MAX_VALUE;
    try {
      for (String line : text.split("\n", -1)) {
        writer().write(TextWidth.cut(line, columnsMax) + "\n");
      }
      writer().flush();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Answers go to a file from now on, or with null to standard output again. */
  void redirect(@Nullable Path to) {
    Writer before = file;
    file = null;
    try {
      if (before != null) {
        before.close();
      }
    } catch (IOException e) {
      throw CommandFailure.failed("the end of the output file is lost: " + e.getMessage());
    }
    if (to != null) {
      try {
        file = Format.buffered(Files.newOutputStream(to));
      } catch (IOException e) {
        throw CommandFailure.failed("cannot write to " + to + ": " + FileProblem.reason(to, e));
      }
    }
  }

  /** Whether answers are read by a person as they come. */
  boolean isTerminal() {
    return terminal && file == null;
  }

  TableLayout layout() {
    return isTerminal()
        ? new TableLayout(screen.columns(), rowsMax, screen.isColored(), expanded)
        : TableLayout.WHOLE.withExpanded(expanded);
  }

  Format format() {
    return format;
  }

  /** Takes the name that a user gave. */
  void format(String name) {
    try {
      format = Format.valueOf(name.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(
          "no format '" + name + "'; there are " + java.util.Arrays.toString(Format.values()));
    }
  }

  boolean expanded() {
    return expanded;
  }

  void expanded(boolean wanted) {
    expanded = wanted;
  }

  void rowsMax(long rows) {
    rowsMax = rows;
  }

  long rowsMax() {
    return rowsMax;
  }

  /** Whether to say how a statement was run. */
  boolean isTimed() {
    return switch (timing) {
      case ON -> true;
      case OFF -> false;
      case AUTO -> terminal || screen.isErrorTerminal();
    };
  }

  void timed(boolean wanted) {
    timing = wanted ? Timing.ON : Timing.OFF;
  }

  /** Whether that stands below the table; else it goes to standard error. */
  boolean isTimedBelow() {
    return isTerminal() && format == Format.table;
  }

  /** What went wrong in writing. */
  CommandFailure failure(IOException e) {
    String message = String.valueOf(e.getMessage());
    boolean gone = message.contains("Broken pipe") || message.contains("Input/output error");
    return file == null && gone
        ? CommandFailure.outputClosed()
        : CommandFailure.failed("cannot write the answer: " + message);
  }

  @Override
  public void close() {
    redirect(null);
    try {
      standard.flush();
    } catch (IOException e) {
      throw failure(e);
    }
  }
}
