package io.mangonel.planner.database;

import java.sql.SQLException;

/** DuckDB's errors as they come from JDBC: a text, and nothing else. */
public final class Errors {
  private Errors() {}

  /** The message without the lines that show a statement: it is not the user's. */
  public static String firstPart(SQLException error) {
    String message = String.valueOf(error.getMessage());
    int line = message.indexOf("\n\nLINE ");
    return (line < 0 ? message : message.substring(0, line)).strip();
  }

  /** Whether the database is of no use any more and has to be opened anew. */
  public static boolean isFatal(SQLException error) {
    String message = String.valueOf(error.getMessage());
    return message.contains("FATAL Error") || message.contains("database has been invalidated");
  }
}
