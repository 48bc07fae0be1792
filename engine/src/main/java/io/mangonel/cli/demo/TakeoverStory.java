package io.mangonel.cli.demo;

import io.mangonel.cli.demo.JobOwners.Owner;
import io.mangonel.cli.demo.TaskRuns.Run;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A query whose owner, one of several schedulers, is killed with -9 in the middle and stays dead.
 * What ran, and what ran twice, is read from the executors' logs.
 */
final class TakeoverStory {
  private final LocalCluster cluster;
  private final Path data;
  private final PrintStream out;
  private final TimeLine line = new TimeLine();

  private final JobOwners jobOwners = new JobOwners();

  TakeoverStory(LocalCluster cluster, Path data, PrintStream out) {
    this.cluster = cluster;
    this.data = data;
    this.out = out;
  }

  /**
   * Tells it. Throws when the answer is wrong or when work was done twice.
   *
   * @return the scheduler that is dead
   */
  Server tell() throws IOException {
    out.println("\n-- a query of some seconds, whose owner is killed in the middle");
    out.println(LongQuery.SQL);
    line.add("submitted; the client knows all schedulers");
    LongQuery query = LongQuery.submit(cluster);
    query.awaitMiddle();
    Owner owner = jobOwners.of(cluster.addresses(), query.job()).getLast();
    HostAndPort address = jobOwners.address(owner);
    Server victim = cluster.scheduler(address);
    Instant killedAt = Instant.now();
    victim.process().kill();
    TaskRuns then = query.runs();
    List<Run> running = then.runningAt(killedAt);
    long done = then.runs().stream().filter(Run::succeeded).count();
    line.add(
        killedAt,
        "kill -9 of the owner, %s (process %d): %d tasks finished, %d running"
            .formatted(victim.name(), victim.process().pid(), done, running.size()));
    List<String> rows = query.rows();
    line.add("finished: the client that waited all the time has its rows");

    List<HostAndPort> left = new ArrayList<>(cluster.addresses());
    left.remove(address);
    List<Owner> owners = jobOwners.of(left, query.job());
    for (Owner one : owners) {
      String verb = one.epoch() == owners.getFirst().epoch() ? "owned by " : "taken over by ";
      line.add(one.since(), verb + name(one) + ", epoch " + one.epoch());
    }
    if (owners.getLast().scheduler().equals(owner.scheduler())) {
      throw CommandFailure.failed("nobody took the job over: the query ended before");
    }
    TaskRuns runs = query.runs();
    line.addStages(runs);
    line.addAdoptions(cluster.executors());
    runs.firstOfOthers(then.launchers())
        .ifPresent(
            run ->
                line.add(
                    run.startedAt(),
                    "its first launch: task " + run.stage() + "/" + run.partition()));
    out.println();
    out.println(line.text());
    out.println();
    LongQuery.print(out, rows);
    printMeanwhile(runs, running, killedAt, owners.getLast());
    query.check(out, rows, running, data);
    return victim;
  }

  /** Executors are asked what they have once the change of owner is durable. */
  private void printMeanwhile(TaskRuns runs, List<Run> running, Instant killedAt, Owner successor) {
    Instant takenAt =
        cluster.executors().stream()
            .flatMap(executor -> TaskRuns.adoptions(executor.logs().getLast()).stream())
            .map(TaskRuns.Adoption::time)
            .filter(time -> time.isAfter(killedAt))
            .min(Comparator.naturalOrder())
            .orElse(successor.since());
    long ended =
        runs.runs().stream()
            .flatMap(run -> Stream.ofNullable(run.endedAt()))
            .filter(end -> end.isAfter(killedAt) && end.isBefore(takenAt))
            .count();
    out.printf(
        "taken over by %s %s s after the kill; meanwhile %d tasks ran on without an owner, %d of"
            + " them to their end%n",
        name(successor),
        TimeLine.seconds(Duration.between(killedAt, takenAt)),
        running.size(),
        ended);
  }

  private String name(Owner owner) {
    return cluster.scheduler(jobOwners.address(owner)).name();
  }
}
