package io.mangonel.cli.demo;

import io.mangonel.cli.demo.TaskRuns.Run;
import io.mangonel.cli.options.CommandFailure;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A query whose only scheduler is killed with -9 in the middle, and started again. What ran, and
 * what ran twice, is read from the executors' logs.
 */
final class KillStory {
  private final LocalCluster cluster;
  private final Path data;
  private final PrintStream out;
  private final TimeLine line = new TimeLine();

  KillStory(LocalCluster cluster, Path data, PrintStream out) {
    this.cluster = cluster;
    this.data = data;
    this.out = out;
  }

  /** Tells it. Throws when the answer is wrong or when work was done twice. */
  void tell() throws IOException {
    out.println("\n-- a query of some seconds, whose scheduler is killed in the middle");
    out.println(LongQuery.SQL);
    line.add("submitted");
    LongQuery query = LongQuery.submit(cluster);
    query.awaitMiddle();
    Server scheduler = cluster.schedulers().getFirst();
    long pid = scheduler.process().pid();
    Instant killedAt = Instant.now();
    scheduler.process().kill();
    TaskRuns then = query.runs();
    List<Run> running = then.runningAt(killedAt);
    long done = then.runs().stream().filter(Run::succeeded).count();
    line.add(
        killedAt,
        "kill -9 of the scheduler, process "
            + pid
            + ": "
            + done
            + " tasks finished, "
            + running.size()
            + " running");
    scheduler.start();
    var _ = scheduler.process().awaitReady();
    line.add("a scheduler is back on its directory and port, process " + scheduler.process().pid());
    List<String> rows = query.rows();
    line.add("finished: the client that waited all the time has its rows");
    TaskRuns runs = query.runs();
    line.addStages(runs);
    line.addAdoptions(cluster.executors());
    Instant progressAt = progress(runs, then, killedAt);
    out.println();
    out.println(line.text());
    out.println();
    LongQuery.print(out, rows);
    out.println(
        "from kill -9 to the next progress: "
            + TimeLine.seconds(Duration.between(killedAt, progressAt))
            + " s");
    query.check(out, rows, running, data);
  }

  /** The first task that the scheduler of now has launched. */
  private Instant progress(TaskRuns runs, TaskRuns before, Instant killedAt) {
    Run first =
        runs.firstOfOthers(before.launchers())
            .orElseThrow(
                () -> CommandFailure.failed("the scheduler that came back launched nothing"));
    line.add(
        first.startedAt(),
        "first progress: it launches task " + first.stage() + "/" + first.partition());
    return first.startedAt().isBefore(killedAt) ? killedAt : first.startedAt();
  }
}
