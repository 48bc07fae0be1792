package io.mangonel.cli.demo;

import io.mangonel.cli.options.CommandFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports are chosen before the processes start, so that all can start at once. */
final class FreePorts {
  static final String LOOPBACK = "127.0.0.1";

  private FreePorts() {}

  /**
   * The port itself, or any free one for 0; refuses one in use.
   *
   * @param option the flag to name
   */
  static int claim(String option, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // As servers do: connections of an earlier run that linger do not count.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(LOOPBACK), port));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw CommandFailure.failed(
          "port "
              + port
              + " is in use: another server or demo may be running; choose another port with "
              + option);
    }
  }
}
