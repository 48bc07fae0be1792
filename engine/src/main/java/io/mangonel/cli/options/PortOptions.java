package io.mangonel.cli.options;

import picocli.CommandLine.Option;

/** The ports of a scheduler. */
public final class PortOptions {
  private static final int PORT_MAX = 65_535;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "32010",
      description =
          "Port for clients and executors; 0 for any free one. Default: ${DEFAULT-VALUE}.")
  private int port = ClientOptions.PORT;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "Port for HTTP; 0 for any free one. Default: ${DEFAULT-VALUE}.")
  private int httpPort = 8080;

  public int port() {
    return checked("--port", port);
  }

  public int httpPort() {
    return checked("--http-port", httpPort);
  }

  /** The port itself; refuses what is none. */
  public static int checked(String option, int port) {
    if (port < 0 || port > PORT_MAX) {
      throw CommandFailure.usage(option + " must be from 0 to " + PORT_MAX + ", it is " + port);
    }
    return port;
  }
}
