package io.mangonel.workbench.chaos.network;

import io.mangonel.cli.demo.Host;
import io.mangonel.cli.options.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network namespace for each host, all on one bridge: links between real TCP stacks, that can be
 * cut, one way or both, slowed and made lossy. This process is on the bridge, too. Only for root.
 */
public final class Namespaces implements AutoCloseable {
  /** Of everything that it makes; the id of the process that made it follows. */
  private static final String PREFIX = "mgc";

  private static final String NOT_LOOPBACK = "!= \"lo\"";
  private static final Pattern PACKETS = Pattern.compile("counter packets (\\d+)");
  private static final Pattern SENT = Pattern.compile("Sent (\\d+) bytes");
  private static final int NETWORKS = 250;
  private static final int LOSS_PERCENT = 15;

  private final String id;
  private final String network;
  private final Map<String, String> addresses = new LinkedHashMap<>();
  private final boolean filters;
  private final boolean netem;
  private final AtomicInteger tables = new AtomicInteger();

  private Namespaces(String id, String network, boolean filters, boolean netem) {
    this.id = id;
    this.network = network;
    this.filters = filters;
    this.netem = netem;
  }

  /** Why there can be none here; empty when there can. */
  public static Optional<String> obstacle() {
    if (!Shell.run("id", "-u").output().equals("0")) {
      return Optional.of("not root");
    }
    String probe = PREFIX + ProcessHandle.current().pid() + "-probe";
    Shell.Ended made = Shell.run("ip", "netns", "add", probe);
    if (made.code() != 0) {
      return Optional.of("ip netns add: " + made.output());
    }
    Shell.Ended link =
        Shell.run("ip", "-n", probe, "link", "add", "v0", "type", "veth", "peer", "name", "v1");
    var _ = Shell.run("ip", "netns", "del", probe);
    return link.code() == 0 ? Optional.empty() : Optional.of("no veth: " + link.output());
  }

  /** One namespace for each name. */
  public static Namespaces make(List<String> names) {
    String id = PREFIX + ProcessHandle.current().pid();
    Namespaces made = new Namespaces(id, freeNetwork(), hasFilters(), hasNetem());
    try {
      made.build(names);
      return made;
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
  }

  private static String freeNetwork() {
    String routes = Shell.must("ip", "-4", "route", "show");
    int start = (int) (ProcessHandle.current().pid() % NETWORKS);
    for (int i = 0; i < NETWORKS; i++) {
      String network = "10.213." + (start + i) % NETWORKS;
      if (!routes.contains(network + ".")) {
        return network;
      }
    }
    throw CommandFailure.failed("no free network");
  }

  private static boolean hasFilters() {
    return Shell.run("nft", "--version").code() == 0;
  }

  /** Whether this kernel can delay packets; asked on a device that only this process has. */
  private static boolean hasNetem() {
    String probe = PREFIX + ProcessHandle.current().pid() + "-netem";
    if (Shell.run("ip", "netns", "add", probe).code() != 0) {
      return false;
    }
    boolean has =
        Shell.run("tc", "-n", probe, "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms")
                .code()
            == 0;
    var _ = Shell.run("ip", "netns", "del", probe);
    return has;
  }

  private void build(List<String> names) {
    var _ = Shell.must("ip", "link", "add", bridge(), "type", "bridge");
    var _ = Shell.must("ip", "addr", "add", network + ".1/24", "dev", bridge());
    var _ = Shell.must("ip", "link", "set", bridge(), "up");
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      String space = space(name);
      String outside = id + "v" + i;
      addresses.put(name, network + "." + (i + 2));
      var _ = Shell.must("ip", "netns", "add", space);
      var _ =
          Shell.must(
              "ip", "link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", space);
      var _ = Shell.must("ip", "link", "set", outside, "master", bridge(), "up");
      var _ = Shell.must("ip", "-n", space, "addr", "add", address(name) + "/24", "dev", "eth0");
      var _ = Shell.must("ip", "-n", space, "link", "set", "eth0", "up");
      var _ = Shell.must("ip", "-n", space, "link", "set", "lo", "up");
    }
  }

  private String bridge() {
    return id + "b";
  }

  private String space(String name) {
    return id + "-" + name;
  }

  private String address(String name) {
    String address = addresses.get(name);
    if (address == null) {
      throw new IllegalArgumentException("no host " + name);
    }
    return address;
  }

  /** The one with this name. */
  public Host host(String name, Map<String, String> environment) {
    return new Host(name, address(name), List.of("ip", "netns", "exec", space(name)), environment);
  }

  /** What is there, in words. */
  public String description() {
    return "%d hosts in network namespaces; links are cut by %s, delayed by %s"
        .formatted(
            addresses.size(),
            filters ? "nft, one way too, and made lossy" : "blackhole routes, both ways only",
            netem ? "netem" : "a token bucket of 1 Mbit/s (this kernel has no netem)");
  }

  /** Whether a link can be cut in one direction, and lose some packets. */
  public boolean hasFilter() {
    return filters;
  }

  /** Nothing from {@code from} comes to {@code to} any more. Only with {@link #hasFilter}. */
  public LinkFault cutOneWay(String from, String to) {
    LinkFault cut = filter(to, "input", "ip saddr " + address(from));
    knock(from, to);
    return cut;
  }

  /**
   * One packet, that it is seen to be dropped: two hosts may have nothing to say to each other for
   * a while.
   */
  private void knock(String from, String to) {
    String connect = "echo > /dev/tcp/%s/9".formatted(address(to));
    var _ = Shell.run("ip", "netns", "exec", space(from), "timeout", "0.2", "bash", "-c", connect);
  }

  /** Neither hears of the other. */
  public LinkFault cutBoth(String one, String other) {
    if (!filters) {
      return blackhole(one, address(other) + "/32");
    }
    LinkFault there = cutOneWay(one, other);
    LinkFault back = cutOneWay(other, one);
    return both(there, back);
  }

  /** Nobody hears of it, nor it of anybody. */
  public LinkFault isolate(String name) {
    if (!filters) {
      return blackhole(name, network + ".0/25");
    }
    return both(
        filter(name, "input", "iifname " + NOT_LOOPBACK),
        filter(name, "output", "oifname " + NOT_LOOPBACK));
  }

  /** It loses some of what comes. Only with {@link #hasFilter}. */
  public LinkFault lossy(String name) {
    return filter(
        name, "input", "iifname " + NOT_LOOPBACK + " numgen random mod 100 < " + LOSS_PERCENT);
  }

  /** What it sends is late. */
  public LinkFault slow(String name) {
    String space = space(name);
    List<String> how =
        netem
            ? List.of("netem", "delay", "150ms", "100ms")
            : List.of("tbf", "rate", "1mbit", "burst", "16kb", "latency", "500ms");
    List<String> command =
        new ArrayList<>(List.of("tc", "-n", space, "qdisc", "add", "dev", "eth0", "root"));
    command.addAll(how);
    var _ = Shell.must(command.toArray(String[]::new));
    return new LinkFault() {
      @Override
      public boolean hasFired() {
        Matcher sent =
            SENT.matcher(Shell.must("tc", "-n", space, "-s", "qdisc", "show", "dev", "eth0"));
        return sent.find() && Long.parseLong(sent.group(1)) > 0;
      }

      @Override
      public void heal() {
        var _ = Shell.must("tc", "-n", space, "qdisc", "del", "dev", "eth0", "root");
      }
    };
  }

  /**
   * Each lets nobody in who comes from the other, and says so at once: connections are reset, new
   * ones refused. Only with {@link #hasFilter}.
   */
  public LinkFault rejectBoth(String one, String other) {
    return both(rejectOneWay(one, other), rejectOneWay(other, one));
  }

  private LinkFault rejectOneWay(String from, String to) {
    // Not what answers: each may still call others.
    String match = "ip saddr %s tcp dport < 32768".formatted(address(from));
    return filter(to, "input", match, "reject with tcp reset");
  }

  private LinkFault filter(String name, String hook, String match) {
    return filter(name, hook, match, "drop");
  }

  private LinkFault filter(String name, String hook, String match, String verdict) {
    String table = "chaos" + tables.incrementAndGet();
    String space = space(name);
    nft(space, "add table ip " + table);
    nft(space, "add chain ip %s c { type filter hook %s priority 0 ; }".formatted(table, hook));
    nft(space, "add rule ip %s c %s counter %s".formatted(table, match, verdict));
    return new LinkFault() {
      @Override
      public boolean hasFired() {
        Matcher packets = PACKETS.matcher(nft(space, "list table ip " + table));
        return packets.find() && Long.parseLong(packets.group(1)) > 0;
      }

      @Override
      public void heal() {
        nft(space, "delete table ip " + table);
      }
    };
  }

  private static String nft(String space, String command) {
    return Shell.must("ip", "netns", "exec", space, "nft", command);
  }

  private LinkFault blackhole(String name, String route) {
    String space = space(name);
    var _ = Shell.must("ip", "-n", space, "route", "add", "blackhole", route);
    return new LinkFault() {
      @Override
      public boolean hasFired() {
        // It counts nothing; that it is there is all there is to see.
        return Shell.must("ip", "-n", space, "route", "show", "type", "blackhole")
            .contains(route.replace("/32", ""));
      }

      @Override
      public void heal() {
        var _ = Shell.must("ip", "-n", space, "route", "del", "blackhole", route);
      }
    };
  }

  private static LinkFault both(LinkFault one, LinkFault other) {
    return new LinkFault() {
      @Override
      public boolean hasFired() {
        return one.hasFired() || other.hasFired();
      }

      @Override
      public void heal() {
        one.heal();
        other.heal();
      }
    };
  }

  /** What clears all of process {@code $1}'s networks away, for {@code sh}. */
  public static String cleaning() {
    return "for s in $(ip netns list 2>/dev/null | cut -d' ' -f1 | grep \"^"
        + PREFIX
        + "$1-\"); do kill -9 $(ip netns pids $s) 2>/dev/null; ip netns del $s; done;"
        + " ip link del "
        + PREFIX
        + "$1b 2>/dev/null; ";
  }

  /** Clears away what processes left that are gone. */
  public static void cleanOthers() {
    Matcher spaces =
        Pattern.compile("(?m)^" + PREFIX + "(\\d+)-").matcher(Shell.run("ip", "netns").output());
    while (spaces.find()) {
      String owner = spaces.group(1);
      if (!Files.exists(Path.of("/proc", owner))) {
        var _ = Shell.run("sh", "-c", cleaning(), "clean", owner);
      }
    }
  }

  @Override
  public void close() {
    String own = String.valueOf(ProcessHandle.current().pid());
    var _ = Shell.run("sh", "-c", cleaning(), "clean", own);
  }
}
