package io.mangonel.cli.options;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What this program was built from.
 *
 * @param commit of the sources, shortened; unknown when they were in no repository
 * @param duckDb the version of DuckDB's driver
 */
public record BuildVersion(String version, String commit, String duckDb) {
  private static final String RESOURCE = "/mangonel/build.properties";

  /** As the build wrote it down. */
  public static BuildVersion read() {
    Properties properties = new Properties();
    try (InputStream stream = BuildVersion.class.getResourceAsStream(RESOURCE)) {
      if (stream == null) {
        throw new IllegalStateException("the build left no " + RESOURCE);
      }
      properties.load(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String commit = properties.getProperty("commit", "");
    return new BuildVersion(
        properties.getProperty("version", ""),
        commit.isEmpty() || commit.startsWith("$") ? "unknown" : commit,
        properties.getProperty("duckdb", ""));
  }

  /** For {@code --version}. */
  public String[] lines() {
    return new String[] {
      "mangonel " + version, "commit " + commit, "DuckDB " + duckDb, "Java " + Runtime.version()
    };
  }
}
