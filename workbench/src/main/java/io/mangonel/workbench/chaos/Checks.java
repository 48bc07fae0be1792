package io.mangonel.workbench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.demo.Server;
import io.mangonel.cli.demo.TaskRuns;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.flightsql.AdminActions;
import io.mangonel.workbench.chaos.record.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What must hold once everything is healed and nobody asks anything any more. */
final class Checks {
  private static final Duration ENDED_MAX = Duration.ofMinutes(2);
  private static final Duration IDLE_MAX = Duration.ofMinutes(1);
  private static final long LOOK_MS = 500;

  /** An executor asks each minute which jobs are known, and waits 5 minutes more (rule T13). */
  private static final Duration SWEPT_MAX = Duration.ofMinutes(8);

  private final ChaosCluster cluster;
  private final Findings findings;

  Checks(ChaosCluster cluster, Findings findings) {
    this.cluster = cluster;
    this.findings = findings;
  }

  /** Every scheduler lists every job as ended; which of those clients were told of are listed. */
  String jobsEnded(Set<String> accepted) {
    Optional<String> open = within(ENDED_MAX, this::openJob);
    open.ifPresent(job -> findings.add("a job did not end: " + job));
    // By lists: a scheduler looks for a second for a job that it does not know, and after an hour
    // thousands are forgotten.
    Set<String> listed = new HashSet<>();
    for (HostAndPort address : cluster.servers().addresses()) {
      ChaosCluster.ask(List.of(address), AdminActions.JOBS_LIST, "")
          .ifPresentOrElse(
              jobs -> jobs.forEach(job -> listed.add(job.path("id").asText())),
              () -> findings.add(address + " lists no jobs"));
    }
    long unknown = accepted.stream().filter(job -> !listed.contains(job)).count();
    return "%d jobs that clients were told of: %d have ended, %d are not listed any more"
        .formatted(accepted.size(), accepted.size() - unknown, unknown);
  }

  private Optional<String> openJob() {
    for (HostAndPort address : cluster.servers().addresses()) {
      Optional<JsonNode> jobs = ChaosCluster.ask(List.of(address), AdminActions.JOBS_LIST, "");
      if (jobs.isEmpty()) {
        return Optional.of(address + " lists no jobs");
      }
      for (JsonNode job : jobs.get()) {
        if (isOpen(job)) {
          return Optional.of(
              job.path("id").asText() + " is " + job.path("state").asText() + " at " + address);
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isOpen(JsonNode job) {
    String state = job.path("state").asText();
    return state.equals("QUEUED") || state.equals("RUNNING") || state.equals("PUBLISHING");
  }

  /** Every scheduler knows every executor as alive and idle. */
  String slotsFree() {
    Optional<String> busy = within(IDLE_MAX, this::busyExecutor);
    busy.ifPresent(executor -> findings.add("a slot is not free: " + executor));
    return busy.isEmpty() ? "all slots are free at every scheduler" : "a slot is not free";
  }

  private Optional<String> busyExecutor() {
    for (HostAndPort address : cluster.servers().addresses()) {
      Optional<JsonNode> all = ChaosCluster.ask(List.of(address), AdminActions.EXECUTORS_LIST, "");
      if (all.isEmpty() || all.get().size() < ChaosCluster.EACH) {
        return Optional.of(address + " lists " + all.map(JsonNode::size).orElse(0) + " executors");
      }
      for (JsonNode executor : all.get()) {
        boolean idle = executor.path("running").asInt() == 0;
        if (!idle || !executor.path("state").asText().equalsIgnoreCase("alive")) {
          return Optional.of("at " + address + ": " + executor);
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Work directories have no data of jobs.
   *
   * @param thorough whether to wait for the sweep that finds what no owner removed
   */
  String filesGone(boolean thorough) {
    Duration retention = Duration.ofMillis(ChaosCluster.RETENTION_MS);
    Duration max = thorough ? SWEPT_MAX : retention.multipliedBy(3);
    Optional<String> left =
        within(
            max,
            () -> {
              List<Path> paths = jobFiles();
              return paths.isEmpty() ? Optional.empty() : Optional.of(paths.toString());
            });
    if (left.isEmpty()) {
      return "no files of jobs are left on executors";
    }
    if (thorough) {
      findings.add("files after the retention: " + left.get());
    }
    return "%d directories of jobs are left on executors%s"
        .formatted(
            jobFiles().size(),
            thorough ? "" : ": a longer run waits for the sweep after 6 minutes");
  }

  private List<Path> jobFiles() {
    List<Path> all = new ArrayList<>();
    for (Server executor : cluster.servers().executors()) {
      Path shuffle = cluster.servers().workDirectory(executor.name()).resolve("shuffle");
      try (Stream<Path> jobs = Files.list(shuffle)) {
        jobs.filter(Files::isDirectory).forEach(all::add); // Not the executor's own file.
      } catch (IOException e) {
        // It was never made.
      }
    }
    return all;
  }

  /** No process logged what its code calls a bug. */
  String bugs() {
    List<Server> all = new ArrayList<>(cluster.servers().schedulers());
    all.addAll(cluster.servers().executors());
    long errors = 0;
    for (Server server : all) {
      for (Path log : server.logs()) {
        for (String line : TaskRuns.lines(log)) {
          // That a scheduler lost its key and ends is what must be.
          boolean fenced = line.contains("FencedException");
          if (!fenced && (line.contains(" ERROR ") || line.contains("by a bug"))) {
            errors++;
            findings.add("logged by " + log.getFileName() + ": " + line);
          }
        }
      }
    }
    return errors + " errors logged";
  }

  /** Empty once {@code problem} is, or what it was at last. */
  private static Optional<String> within(Duration max, Supplier<Optional<String>> problem) {
    Instant until = Instant.now().plus(max);
    while (true) {
      Optional<String> now = problem.get();
      if (now.isEmpty() || Instant.now().isAfter(until)) {
        return now;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw CommandFailure.failed("interrupted");
      }
    }
  }
}
