package io.mangonel.cli.demo;

import java.util.List;
import java.util.Map;

/**
 * Where a server runs: on loopback, or in a network namespace that somebody made for it.
 *
 * @param address what servers bind to
 * @param command what starts a program there; empty on loopback
 * @param environment more variables for it
 */
public record Host(
    String name, String address, List<String> command, Map<String, String> environment) {
  /** Beside all others: each server there has ports of its own. */
  public static final Host LOCAL = new Host("loopback", FreePorts.LOOPBACK, List.of(), Map.of());

  public Host {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  /** A port for a server: any free one on loopback, {@code own} where no other server is. */
  public int claimPort(int own) {
    return command.isEmpty() ? FreePorts.claim("--dir", 0) : own;
  }
}
