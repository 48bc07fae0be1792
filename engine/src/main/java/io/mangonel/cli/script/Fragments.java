package io.mangonel.cli.script;

import io.mangonel.planner.text.Token;
import io.mangonel.planner.text.Tokens;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The fragments of a script, each as soon as its last line has been read. A statement ends at a
 * semicolon outside of quotes and comments, or with the script.
 */
public final class Fragments {
  private final BufferedReader in;
  private final StringBuilder open = new StringBuilder();
  private final Deque<Fragment> ready = new ArrayDeque<>();
  private boolean ended;
  private int linesRead;

  /** Number of the line on which {@link #open} begins. */
  private int openLine = 1;

  public Fragments(Reader in) {
    this.in = in instanceof BufferedReader buffered ? buffered : new BufferedReader(in);
  }

  /** Empty at the end. */
  public Optional<Fragment> next() throws IOException {
    while (ready.isEmpty() && !ended) {
      String line = in.readLine();
      if (line == null) {
        ended = true;
        takeStatements(true);
      } else {
        linesRead++;
        take(line);
      }
    }
    return Optional.ofNullable(ready.poll());
  }

  private void take(String line) {
    if (isCommand(line) && isBlank(open)) {
      open.setLength(0);
      ready.add(new Fragment.Command(line.strip(), linesRead));
      return;
    }
    if (open.isEmpty()) {
      openLine = linesRead;
    }
    open.append(line).append('\n');
    // Nothing else can end one.
    if (line.indexOf(';') >= 0) {
      takeStatements(false);
    }
  }

  private void takeStatements(boolean all) {
    String text = open.toString();
    int taken = 0;
    for (Range range : ranges(text)) {
      if (range.ended || all) {
        String sql = text.substring(range.start, range.end).strip();
        ready.add(new Fragment.Statement(sql, openLine + lines(text, range.content)));
        taken = range.end + (range.ended ? 1 : 0);
      }
    }
    open.setLength(0);
    if (!all) {
      openLine += lines(text, taken);
      rest(text.substring(taken));
    }
  }

  private static int lines(String text, int end) {
    return (int) text.chars().limit(end).filter(c -> c == '\n').count();
  }

  /** What follows the last semicolon of a line, which may be a command. */
  private void rest(String text) {
    String line = text.stripTrailing();
    if (isCommand(line) && line.indexOf('\n') < 0) {
      ready.add(new Fragment.Command(line.strip(), linesRead));
    } else {
      open.append(text.isBlank() ? "" : text);
    }
  }

  /** Whether a line that begins a fragment is a command. */
  public static boolean isCommand(String line) {
    return line.stripLeading().startsWith("\\");
  }

  /** The statements of a script without commands; what holds nothing but comments is left out. */
  public static List<String> statements(String script) {
    return ranges(script).stream()
        .map(range -> script.substring(range.start, range.end).strip())
        .toList();
  }

  /** Whether the text has nothing to run in it. */
  static boolean isBlank(CharSequence text) {
    Tokens.Scan scan = Tokens.scan(text.toString());
    return scan.open() == Tokens.Open.NOTHING
        && scan.tokens().stream().allMatch(token -> token.isSymbol(';'));
  }

  /**
   * @param content index of the first token
   * @param end index after the last character
   * @param ended whether that is a semicolon's place
   */
  private record Range(int start, int content, int end, boolean ended) {}

  private static List<Range> ranges(String script) {
    List<Range> ranges = new ArrayList<>();
    int start = 0;
    int content = -1;
    for (Token token : Tokens.of(script)) {
      if (!token.isSymbol(';')) {
        content = content < 0 ? token.start() : content;
        continue;
      }
      if (content >= 0) {
        ranges.add(new Range(start, content, token.start(), true));
      }
      start = token.end();
      content = -1;
    }
    if (content >= 0) {
      ranges.add(new Range(start, content, script.length(), false));
    }
    return ranges;
  }
}
