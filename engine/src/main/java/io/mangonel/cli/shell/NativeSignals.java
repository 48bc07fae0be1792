package io.mangonel.cli.shell;

import java.util.EnumMap;
import java.util.Map;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * Takes the signals of the process to a terminal for as long as it is open. JLine can do that, too,
 * but changes the process's handler whenever a line begins or ends, and in between puts back the
 * one that was there before: a Ctrl-C at that moment, one of 150 at the prompt, ended the process.
 * Here the process's handler stays, and only the terminal's changes.
 */
final class NativeSignals implements AutoCloseable {
  /** What was there before, as JLine names it; null where the system knows no such signal. */
  private final Map<Signal, @Nullable Object> before = new EnumMap<>(Signal.class);

  /**
   * @param terminal made without native signals
   */
  NativeSignals(Terminal terminal) {
    for (Signal signal : new Signal[] {Signal.INT, Signal.WINCH, Signal.CONT}) {
      before.put(signal, Signals.register(signal.name(), () -> terminal.raise(signal)));
    }
  }

  @Override
  public void close() {
    before.forEach((signal, handler) -> Signals.unregister(signal.name(), handler));
  }
}
