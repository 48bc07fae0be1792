package io.mangonel.workbench.chaos;

import io.mangonel.cli.client.TextTable;
import io.mangonel.cli.demo.TaskRuns;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.workbench.chaos.load.Load;
import io.mangonel.workbench.chaos.record.Findings;
import io.mangonel.workbench.chaos.record.History;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Faults, one or two at a time, under load; then what must hold. */
final class ChaosRun {
  private static final int CLIENTS = 4;
  private static final int TWO_ONE_OF = 3;
  private static final long CALM_MIN_MS = 1_500;
  private static final int CALM_RANGE_MS = 3_000;
  private static final Duration START_MAX = Duration.ofMinutes(4);
  private static final Duration READY_MAX = Duration.ofSeconds(60);

  /** What an executor held may be given up for so long after it is reached again. */
  private static final Duration EXCUSE_AFTER = Duration.ofSeconds(20);

  private static final Duration THOROUGH = Duration.ofMinutes(10);

  private final ChaosCluster cluster;
  private final Load load;
  private final Supervisor supervisor;
  private final Findings findings;
  private final History history;
  private final PrintStream out;
  private final Random random;
  private final Faults faults;
  private final List<History.Span> excuses = new ArrayList<>();
  private final Map<FaultKind, int[]> counts = new EnumMap<>(FaultKind.class);
  private final Deque<FaultKind> planned = new ArrayDeque<>();
  private Instant start = Instant.now();

  ChaosRun(
      ChaosCluster cluster,
      Load load,
      Supervisor supervisor,
      Findings findings,
      History history,
      PrintStream out,
      long seed) {
    this.cluster = cluster;
    this.load = load;
    this.supervisor = supervisor;
    this.findings = findings;
    this.history = history;
    this.out = out;
    this.random = new Random(seed);
    this.faults = new Faults(cluster, supervisor, random);
  }

  /** Returns the report. */
  String run(Duration duration, long seed) {
    supervisor.start();
    awaitServers(START_MAX);
    if (!allAnswer()) {
      throw CommandFailure.failed("the cluster did not start: " + supervisor.endings());
    }
    load.createViews();
    load.start(CLIENTS, seed);
    start = Instant.now();
    Instant until = start.plus(duration);
    while (Instant.now().isBefore(until)) {
      pause(CALM_MIN_MS + random.nextInt(CALM_RANGE_MS));
      round();
    }
    say("faults are over; clients finish what they ask");
    load.stop();
    boolean thorough = duration.compareTo(THOROUGH) >= 0;
    List<String> checks = checks(thorough);
    supervisor.close();
    return report(checks);
  }

  /** The one that is next, perhaps with another at the same time. */
  private void round() {
    List<ActiveFault> active = new ArrayList<>();
    begin(next()).ifPresent(active::add);
    if (random.nextInt(TWO_ONE_OF) == 0) {
      begin(next()).ifPresent(active::add);
    }
    Instant from = Instant.now();
    long longest = active.stream().mapToLong(ActiveFault::holdMs).max().orElse(0);
    pause(longest);
    active.forEach(fault -> end(fault, from));
    awaitServers(READY_MAX);
  }

  /** All of them in turn, in another order each time: a short run has as many as it can. */
  private FaultKind next() {
    if (planned.isEmpty()) {
      List<FaultKind> all = faults.possible();
      Collections.shuffle(all, random);
      planned.addAll(all);
    }
    return planned.removeFirst();
  }

  private Optional<ActiveFault> begin(FaultKind kind) {
    Instant from = Instant.now();
    try {
      Optional<ActiveFault> begun = faults.begin(kind);
      if (begun.isEmpty()) {
        planned.addLast(kind);
      }
      begun.ifPresent(fault -> say(kind.words() + ": " + fault.target()));
      if (kind == FaultKind.ROLLING_RESTART) {
        begun.ifPresent(
            fault ->
                history.add(History.Kind.FAULT, fault.target(), from, Instant.now(), kind.words()));
      }
      return begun;
    } catch (CommandFailure e) {
      findings.add("could not do this: " + kind.words() + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  private void end(ActiveFault fault, Instant from) {
    int[] count = counts.computeIfAbsent(fault.kind(), _ -> new int[2]);
    count[0]++;
    try {
      if (fault.fired().getAsBoolean()) {
        count[1]++;
      } else {
        findings.add("did nothing: " + fault.kind().words() + ", " + fault.target());
      }
    } catch (CommandFailure e) {
      findings.add("not known whether it fired: " + fault.kind().words() + ": " + e.getMessage());
    }
    try {
      fault.heal().run();
    } catch (CommandFailure e) {
      findings.add("could not end this: " + fault.kind().words() + ": " + e.getMessage());
    }
    Instant to = Instant.now();
    history.add(History.Kind.FAULT, fault.target(), from, to, fault.kind().words());
    if (fault.excusing()) {
      excuses.add(
          new History.Span(
              History.Kind.FAULT, fault.target(), from, to.plus(EXCUSE_AFTER), "" + fault.kind()));
    }
  }

  /** Until each runs and is ready, or for a while. */
  private void awaitServers(Duration max) {
    Instant until = Instant.now().plus(max);
    while (Instant.now().isBefore(until) && !allAnswer()) {
      pause(CALM_MIN_MS / 10);
    }
  }

  private boolean allAnswer() {
    return cluster.servers().schedulers().stream().allMatch(server -> server.isReady())
        && cluster.servers().executors().stream().allMatch(server -> server.isReady());
  }

  private static void pause(long ms) {
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  private List<String> checks(boolean thorough) {
    List<String> results = new ArrayList<>();
    awaitServers(READY_MAX);
    Checks checks = new Checks(cluster, findings);
    results.add(checks.jobsEnded(load.accepted()));
    results.add(checks.slotsFree());
    List<TaskRuns.GivenUp> givenUp =
        cluster.servers().schedulers().stream()
            .flatMap(scheduler -> TaskRuns.givenUp(scheduler.logs()).stream())
            .toList();
    Reruns reruns = Reruns.count(cluster.servers().executors(), givenUp, excuses);
    reruns.withoutReason().forEach(what -> findings.add("a finished task ran again: " + what));
    results.add(
        ("%d tasks; %d finished ones started again without a reason, %d after an executor could"
                + " not be reached or stood still; %d interrupted ones started again")
            .formatted(
                reruns.tasks(),
                reruns.withoutReason().size(),
                reruns.withReason(),
                reruns.interrupted()));
    results.add(checks.filesGone(thorough));
    results.add(checks.bugs());
    if (load.tally().rightAnswers() == 0) {
      findings.add("no answer at all");
    }
    return results;
  }

  private String report(List<String> checks) {
    TextTable table = new TextTable("FAULT", "TIMES", "FIRED");
    for (FaultKind kind : FaultKind.values()) {
      int[] count = counts.getOrDefault(kind, new int[2]);
      String times = faults.possible().contains(kind) ? String.valueOf(count[0]) : "not here";
      table.row(kind.words(), times, String.valueOf(count[1]));
    }
    StringBuilder text = new StringBuilder();
    text.append(table).append("\n\n").append(load.tally().text()).append("\n\n");
    checks.forEach(check -> text.append(check).append('\n'));
    text.append("ended by themselves and were started again: ")
        .append(supervisor.endings().size())
        .append('\n');
    supervisor.endings().forEach(ending -> text.append("  ").append(ending).append('\n'));
    return text.toString();
  }

  Instant startedAt() {
    return start;
  }

  private void say(String what) {
    double seconds = Duration.between(start, Instant.now()).toMillis() / 1000.0;
    out.println(String.format(Locale.ROOT, "%7.1f s  %s", seconds, what));
  }
}
