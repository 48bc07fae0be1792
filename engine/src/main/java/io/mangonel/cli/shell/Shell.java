package io.mangonel.cli.shell;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.sql.Interpreter;
import io.mangonel.cli.sql.StatementRunner;
import io.mangonel.cli.terminal.Screen;
import java.io.IOError;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;

/** Reads statements from a person at a terminal, and runs them until the person leaves. */
public final class Shell {
  private static final String PROMPT = "mangonel> ";

  /** As wide as the prompt, with what is not closed in front of the angle. */
  private static final String SECONDARY_PROMPT = "%P %M> ";

  private final StatementRunner runner;
  private final Interpreter interpreter;
  private final Screen screen;
  private final Map<String, String> environment;
  private final Vocabulary vocabulary;

  /** Times that Ctrl-C was pressed while a statement runs. */
  private final AtomicInteger interrupts = new AtomicInteger();

  /**
   * @param environment that of the process
   */
  public Shell(
      StatementRunner runner,
      Interpreter interpreter,
      Screen screen,
      Map<String, String> environment) {
    this.runner = runner;
    this.interpreter = interpreter;
    this.screen = screen;
    this.environment = Map.copyOf(environment);
    this.vocabulary = new Vocabulary(runner.session());
  }

  /**
   * Returns when the person leaves.
   *
   * @param greeting the first lines
   */
  public void run(String greeting) {
    try (Terminal terminal = terminal();
        NativeSignals _ = new NativeSignals(terminal)) {
      terminal.handle(Signal.INT, _ -> interrupt());
      terminal.writer().println(greeting);
      terminal.flush();
      LineReader reader = reader(terminal);
      while (!interpreter.hasQuit()) {
        Optional<String> text = read(reader);
        if (text.isEmpty()) {
          break;
        }
        run(text.get(), terminal);
      }
    } catch (IOException e) {
      throw CommandFailure.failed("the terminal cannot be used: " + e.getMessage());
    }
  }

  private Terminal terminal() throws IOException {
    return TerminalBuilder.builder()
        .system(true)
        .provider("ffm")
        .nativeSignals(false)
        .dumb(true)
        .graphemeCluster(false)
        .encoding(StandardCharsets.UTF_8)
        .build();
  }

  private LineReader reader(Terminal terminal) {
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("mangonel")
            .parser(new ShellParser())
            .completer(new ShellCompleter(vocabulary, Path.of("").toAbsolutePath()))
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, SECONDARY_PROMPT)
            .variable(LineReader.HISTORY_SIZE, HistoryFile.ENTRIES_MAX)
            .variable(LineReader.HISTORY_FILE_SIZE, HistoryFile.ENTRIES_MAX)
            .variable(LineReader.BELL_STYLE, "off")
            // "!" is an operator here.
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.CASE_INSENSITIVE, true)
            .option(LineReader.Option.BRACKETED_PASTE, screen.isCapable());
    HistoryFile.prepare(environment)
        .ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
    return builder.build();
  }

  /** Nothing to run for a line that was given up; empty when the person, or the terminal, left. */
  private static Optional<String> read(LineReader reader) {
    try {
      String text = reader.readLine(PROMPT);
      // Ctrl-C right after Enter, while the reader gives the terminal back: it means this text.
      return Optional.of(Thread.interrupted() ? "" : text);
    } catch (UserInterruptException e) {
      return Optional.of("");
    } catch (EndOfFileException | IOError e) {
      return Optional.empty();
    }
  }

  private void run(String text, Terminal terminal) {
    interrupts.set(0);
    try {
      interpreter.run(new StringReader(text), "", false);
    } catch (CommandFailure failure) {
      if (failure.isOutputClosed()) {
        throw failure;
      }
      terminal.writer().println(red("error: ") + failure.getMessage());
      terminal.flush();
    }
    vocabulary.outdate();
  }

  private String red(String text) {
    return screen.isColored() ? "\u001b[31m" + text + "\u001b[0m" : text;
  }

  /** The first asks for the end of the statement, the next does not wait for it. */
  private void interrupt() {
    boolean again = interrupts.getAndIncrement() > 0;
    Thread.ofVirtual().name("interrupt").start(() -> runner.interrupt(again));
  }
}
