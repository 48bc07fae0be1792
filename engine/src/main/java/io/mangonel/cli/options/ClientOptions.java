package io.mangonel.cli.options;

import io.mangonel.wire.HostPort;
import java.util.List;
import picocli.CommandLine.Option;

/** Which scheduler a command asks. */
public final class ClientOptions {
  public static final int PORT = 32010;

  @Option(
      names = "--url",
      split = ",",
      paramLabel = "H:P",
      description =
          "Scheduler to ask; of several, the first that answers. Default: 127.0.0.1:32010.")
  private List<String> urls = List.of();

  /** {@code host:port}, at least one. */
  public List<HostAndPort> addresses() {
    return urls.isEmpty()
        ? List.of(new HostAndPort("127.0.0.1", PORT))
        : urls.stream().map(HostAndPort::parse).toList();
  }

  /** Host and port of a scheduler. */
  public record HostAndPort(String host, int port) {
    /** Reads {@code [grpc://]host[:port]}. */
    public static HostAndPort parse(String text) {
      String address = text.strip().replaceFirst("^grpc(\\+tcp)?://", "");
      int colon = address.lastIndexOf(':');
      boolean bracketed = address.endsWith("]");
      String host = colon < 0 || bracketed ? address : address.substring(0, colon);
      String port = colon < 0 || bracketed ? String.valueOf(PORT) : address.substring(colon + 1);
      boolean ambiguous = host.contains(":") && !host.startsWith("[");
      if (host.isEmpty()
          || ambiguous
          || !port.matches("[0-9]{1,5}")
          || Integer.parseInt(port) > 65_535) {
        throw CommandFailure.usage("'" + text + "' is not an address: write host:port");
      }
      return new HostAndPort(host, Integer.parseInt(port));
    }

    /** The same for what connects. */
    public HostPort hostPort() {
      boolean bracketed = host.startsWith("[") && host.endsWith("]");
      return new HostPort(bracketed ? host.substring(1, host.length() - 1) : host, port);
    }

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }
}
