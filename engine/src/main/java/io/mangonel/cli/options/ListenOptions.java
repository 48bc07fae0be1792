package io.mangonel.cli.options;

import java.net.InetAddress;
import java.net.UnknownHostException;
import picocli.CommandLine.Option;

/** Where a server listens. */
public final class ListenOptions {
  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Address to listen on. Default: ${DEFAULT-VALUE}.")
  private String bind = "127.0.0.1";

  @Option(
      names = "--insecure",
      description = "Allow --bind on other than loopback although there is no authentication.")
  private boolean insecure;

  /** The address; refuses one that others can reach, unless that was asked for. */
  public String checkedBind() {
    InetAddress address;
    try {
      address = InetAddress.getByName(bind);
    } catch (UnknownHostException e) {
      throw CommandFailure.usage("--bind " + bind + ": no such address");
    }
    if (!address.isLoopbackAddress() && !insecure) {
      throw CommandFailure.usage(
          "--bind "
              + bind
              + " lets anybody on the network run queries: there is no authentication."
              + " Use 127.0.0.1, or add --insecure if that is what you want");
    }
    return bind;
  }
}
