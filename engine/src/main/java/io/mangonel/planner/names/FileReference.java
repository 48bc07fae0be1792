package io.mangonel.planner.names;

import io.mangonel.planner.source.FileFormats;
import java.util.List;

/**
 * A place in a statement that names input files: {@code FROM 'x.parquet'} or {@code
 * read_csv('x.csv', delim = '|')}. Positions are characters of the statement.
 *
 * @param call whether it is a function call
 * @param function the function called, or the one a plain name stands for
 * @param patterns paths and globs as written, without quotes
 * @param options what follows the paths inside the call, with its leading comma, without comments;
 *     empty for none
 * @param start where the name or the call starts
 * @param end after the name, or after the closing parenthesis
 * @param pathsStart where the paths start
 * @param pathsEnd after the paths
 * @param quoted whether the paths are a quoted identifier rather than strings
 * @param alias whether an alias follows
 */
public record FileReference(
    boolean call,
    String function,
    List<String> patterns,
    String options,
    int start,
    int end,
    int pathsStart,
    int pathsEnd,
    boolean quoted,
    boolean alias) {
  public FileReference {
    patterns = List.copyOf(patterns);
  }

  /** The alias DuckDB gives it when the user gives none. */
  public String defaultAlias() {
    String pattern = patterns.getFirst();
    if (call || FileFormats.isGlob(pattern)) {
      return call ? function : pattern;
    }
    String file = pattern.substring(pattern.lastIndexOf('/') + 1);
    int dot = file.indexOf('.');
    return dot > 0 ? file.substring(0, dot) : file;
  }
}
