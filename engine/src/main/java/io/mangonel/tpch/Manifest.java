package io.mangonel.tpch;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/** What a directory of TPC-H data holds, written into it last. */
record Manifest(double scaleFactor, int parts, long rows) {
  private static final String FILE = "tpch.properties";
  private static final String VERSION = "1";

  String describe() {
    String factor =
        scaleFactor == Math.rint(scaleFactor)
            ? Long.toString(Math.round(scaleFactor))
            : Double.toString(scaleFactor);
    return "scale factor " + factor + " in " + parts + (parts == 1 ? " part" : " parts");
  }

  void write(Path directory) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("version", VERSION);
    properties.setProperty("scale_factor", Double.toString(scaleFactor));
    properties.setProperty("parts", Integer.toString(parts));
    properties.setProperty("rows", Long.toString(rows));
    StringWriter text = new StringWriter();
    properties.store(text, "TPC-H data, complete");
    Files.writeString(directory.resolve(FILE), text.toString());
  }

  /** Empty when there is none, or none that this version can read. */
  static Optional<Manifest> read(Path directory) throws IOException {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(Files.readString(directory.resolve(FILE))));
      return VERSION.equals(properties.getProperty("version"))
          ? Optional.of(
              new Manifest(
                  Double.parseDouble(properties.getProperty("scale_factor", "")),
                  Integer.parseInt(properties.getProperty("parts", "")),
                  Long.parseLong(properties.getProperty("rows", ""))))
          : Optional.empty();
    } catch (NoSuchFileException | NumberFormatException e) {
      return Optional.empty();
    }
  }
}
