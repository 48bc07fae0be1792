package io.mangonel.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.client.AdminReports;
import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.options.BuildVersion;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.flightsql.AdminActions;
import java.util.ArrayList;
import java.util.List;

/** A scheduler that runs, and the executors it knows. */
public final class PeerChecks {
  private static final long CLOCK_WARN_MS = 1_000;
  private static final long CLOCK_FAIL_MS = 60_000;

  private PeerChecks() {}

  /** Each scheduler of {@code addresses}, and the executors of each. */
  public static List<Finding> run(List<HostAndPort> addresses) {
    List<Finding> findings = new ArrayList<>();
    for (HostAndPort address : addresses) {
      try {
        scheduler(address, findings);
      } catch (CommandFailure failure) {
        findings.add(
            Finding.fail(
                "scheduler " + address,
                String.valueOf(failure.getMessage()),
                "start it, or see --bind, --port and the firewall"));
      }
    }
    return findings;
  }

  private static void scheduler(HostAndPort address, List<Finding> findings) {
    long sentMs = System.currentTimeMillis();
    JsonNode about = ask(address, AdminActions.ABOUT);
    long receivedMs = System.currentTimeMillis();
    findings.add(Finding.ok("scheduler " + address, "answers in " + (receivedMs - sentMs) + " ms"));
    findings.add(clock(address.toString(), about.path("time_ms").asLong(), sentMs, receivedMs));
    JsonNode executors = ask(address, AdminActions.EXECUTORS_LIST);
    if (executors.isEmpty()) {
      findings.add(
          Finding.warn(
              "executors", "none is registered", "start one with --schedulers " + address));
    }
    for (JsonNode executor : executors) {
      findings.add(executor(executor, BuildVersion.read().duckDb()));
    }
  }

  private static JsonNode ask(HostAndPort address, String action) {
    return AdminReports.read(SchedulerConnection.ask(List.of(address), action, ""));
  }

  /** The other clock was read somewhere between {@code sentMs} and {@code receivedMs}. */
  static Finding clock(String peer, long theirsMs, long sentMs, long receivedMs) {
    long aheadMs = theirsMs > receivedMs ? theirsMs - receivedMs : Math.min(0, theirsMs - sentMs);
    String subject = "clock of " + peer;
    if (aheadMs == 0) {
      return Finding.ok(subject, "as here");
    }
    String detail = Math.abs(aheadMs) + " ms " + (aheadMs > 0 ? "ahead" : "behind");
    String advice = "run NTP on both machines: times in lists and logs do not fit";
    if (Math.abs(aheadMs) >= CLOCK_FAIL_MS) {
      return Finding.fail(subject, detail, advice);
    }
    return Math.abs(aheadMs) >= CLOCK_WARN_MS
        ? Finding.warn(subject, detail, advice)
        : Finding.ok(subject, detail);
  }

  private static Finding executor(JsonNode executor, String ownVersion) {
    String subject = "executor " + executor.path("id").asText();
    String address = executor.path("address").asText();
    String version = executor.path("duckdb_version").asText();
    HostAndPort there = HostAndPort.parse(address);
    if (!PlaceChecks.isListening(there.host().replaceAll("^\\[|]$", ""), there.port())) {
      return Finding.fail(
          subject,
          "cannot be reached at " + address + " from here, its state is " + executor.path("state"),
          "is it running? Executors and schedulers must reach each other at this address");
    }
    return sameVersion(ownVersion, version)
        ? Finding.ok(subject, "answers at " + address + ", DuckDB " + version)
        : Finding.warn(
            subject,
            "DuckDB " + version + ", this program has " + ownVersion,
            "run the same build everywhere");
  }

  /** The driver's version has one part more than the library's. */
  static boolean sameVersion(String driver, String library) {
    return (driver + ".").startsWith(library.replaceFirst("^v", "") + ".");
  }
}
