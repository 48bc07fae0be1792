package io.mangonel.tpch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The 22 queries with the parameters of the specification's validation run. */
public final class TpchQueries {
  /** They are numbered from 1. */
  public static final int COUNT = 22;

  private TpchQueries() {}

  /**
   * The SQL without a semicolon.
   *
   * @param query from 1 to {@link #COUNT}
   */
  public static String text(int query) {
    String resource = String.format(Locale.ROOT, "/tpch/q%02d.sql", query);
    try (InputStream stream = TpchQueries.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException("the build has no " + resource);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .strip()
          .replaceFirst(";$", "");
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + resource, e);
    }
  }
}
