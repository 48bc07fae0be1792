package io.mangonel.workbench.simulation.world;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who reaches whom. A link has one direction: what one process sends may be lost for a while though
 * it hears the other well. Schedulers are named by their address, executors by their id.
 */
public final class Network {
  public static final String STORE = "store";
  public static final String CLIENTS = "clients";

  private record Link(String from, String to) {}

  private final World world;
  private final Map<Link, Long> cutUntilMs = new HashMap<>();
  private final Map<Link, Long> rejectedUntilMs = new HashMap<>();

  public Network(World world) {
    this.world = world;
  }

  /** Cuts a link for a while, at most until all is well again. */
  public void cut(String from, String to, long forMs) {
    world.say("cut for " + forMs + " ms: " + from + " -> " + to);
    cutUntilMs.merge(new Link(from, to), world.nowMs() + forMs, Math::max);
  }

  /** The same, and who connects is told at once that nobody listens there. */
  public void reject(String from, String to, long forMs) {
    cut(from, to, forMs);
    rejectedUntilMs.merge(new Link(from, to), world.nowMs() + forMs, Math::max);
  }

  /** Whether what is sent now arrives. */
  public boolean open(String from, String to) {
    return !inForce(cutUntilMs.get(new Link(from, to)));
  }

  private boolean inForce(@Nullable Long untilMs) {
    return untilMs != null && untilMs > world.nowMs() && world.faulty();
  }

  /** Whether who connects now is refused, by somebody on the way. */
  public boolean rejects(String from, String to) {
    return inForce(rejectedUntilMs.get(new Link(from, to)));
  }

  /** Whether anybody is refused now. */
  public boolean rejectsAny() {
    return rejectedUntilMs.values().stream().anyMatch(this::inForce);
  }

  /** Whether a question and its answer arrive. */
  public boolean bothWays(String from, String to) {
    return open(from, to) && open(to, from);
  }

  /** A message on its way: late, twice or never. Returns whether it will arrive. */
  public boolean send(String from, String to, Runnable arrival) {
    return open(from, to) && world.send(arrival);
  }
}
