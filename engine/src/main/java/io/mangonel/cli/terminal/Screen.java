package io.mangonel.cli.terminal;

import java.io.IOException;
import java.util.Map;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;

/** Where standard output and standard error go, found out when it is first asked. */
public final class Screen {
  /** Width of a terminal that does not tell: a serial line, or an editor's. */
  private static final int COLUMNS_UNKNOWN = 80;

  /** Narrower than this nothing can be laid out: what is wider is cut by the terminal. */
  public static final int COLUMNS_MIN = 20;

  private static final String PROVIDER = "ffm";

  private final Map<String, String> environment;

  /**
   * @param environment that of the process: {@code TERM}, {@code NO_COLOR}
   */
  public Screen(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  public boolean isInputTerminal() {
    return isTerminal(SystemStream.Input);
  }

  public boolean isOutputTerminal() {
    return isTerminal(SystemStream.Output);
  }

  public boolean isErrorTerminal() {
    return isTerminal(SystemStream.Error);
  }

  /** Whether a line can be drawn again, and text be in colour. */
  public boolean isCapable() {
    String type = environment.getOrDefault("TERM", "");
    return !type.isEmpty() && !type.equals("dumb");
  }

  /** Whether output may have colours; see no-color.org. */
  public boolean isColored() {
    return isCapable() && environment.getOrDefault("NO_COLOR", "").isEmpty() && isOutputTerminal();
  }

  /** Width of the terminal, now. */
  public int columns() {
    try {
      TerminalProvider provider = TerminalProvider.load(PROVIDER);
      SystemStream stream =
          provider.isSystemStream(SystemStream.Output) ? SystemStream.Output : SystemStream.Error;
      int columns = provider.systemStreamWidth(stream);
      return columns <= 0 ? COLUMNS_UNKNOWN : Math.max(COLUMNS_MIN, columns);
    } catch (IOException | RuntimeException | LinkageError e) {
      return COLUMNS_UNKNOWN;
    }
  }

  /** What cannot be told is taken for a file: nothing but the answer goes there. */
  private static boolean isTerminal(SystemStream stream) {
    try {
      return TerminalProvider.load(PROVIDER).isSystemStream(stream);
    } catch (IOException | RuntimeException | LinkageError e) {
      return false;
    }
  }
}
