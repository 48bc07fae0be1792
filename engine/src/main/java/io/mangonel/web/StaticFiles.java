package io.mangonel.web;

import io.mangonel.core.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

/** The files of the page, from the jar. */
final class StaticFiles {
  private static final String ROOT = "/web/";

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml",
          "json", HttpReply.JSON_TYPE);

  /** Nothing but what this server serves, and nobody may put the page into a frame. */
  private static final Map<String, String> PAGE_HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src"
              + " 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          "Cross-Origin-Opener-Policy",
          "same-origin");

  private final Map<String, HttpReply> files = new ConcurrentHashMap<>();

  /** A file by its path, or the page itself for {@code /}. */
  Optional<HttpReply> find(String path) {
    String name = path.equals("/") ? "index.html" : path.substring(1);
    // Names as we choose them: no way up, no hidden files.
    if (!name.matches("[a-z0-9-]+\\.[a-z]+")) {
      return Optional.empty();
    }
    HttpReply known = files.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<HttpReply> read = read(name);
    read.ifPresent(reply -> files.put(name, reply));
    return read;
  }

  private static Optional<HttpReply> read(String name) {
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type == null) {
      return Optional.empty();
    }
    try (InputStream in = StaticFiles.class.getResourceAsStream(ROOT + name)) {
      if (in == null) {
        return Optional.empty();
      }
      byte[] bytes = in.readAllBytes();
      var headers = new HashMap<>(PAGE_HEADERS);
      headers.put("ETag", tag(bytes));
      return Optional.of(new HttpReply(HttpReply.OK, type, Bytes.of(bytes), headers));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name + " of the jar", e);
    }
  }

  /** What a client sends back to hear whether the body has changed. */
  static String tag(byte[] bytes) {
    var checksum = new CRC32C();
    checksum.update(bytes);
    return '"' + bytes.length + "-" + HexFormat.of().toHexDigits((int) checksum.getValue()) + '"';
  }
}
