package io.mangonel.scheduler.insight;

import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.wire.VirtualMachineMetrics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * The figures of one scheduler for Prometheus. Counters of jobs and tasks are taken from durable
 * commits, on the committer's thread. Thread-safe.
 */
public final class SchedulerMetrics {
  /** From a write to a log on a fast disk to a store that is in trouble. */
  private static final double[] COMMIT_BUCKETS = {
    .0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5
  };

  private static final double[] LAG_BUCKETS = {.0001, .0005, .001, .005, .01, .05, .1, .5, 1, 5};
  private static final double[] PLANNING_BUCKETS = {
    .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60
  };

  private static final String SUSPICION = "suspicion";

  /** It ended, or was given back. */
  private static final String LEASE = "lease";

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter submitted =
      counter("mangonel_jobs_submitted", "Jobs whose creation became durable.");
  private final Counter ended = counter("mangonel_jobs_ended", "Jobs that ended, by how.", "state");
  private final Counter claimed =
      counter("mangonel_jobs_claimed", "Jobs taken over from an earlier scheduler.");
  private final Counter takeovers =
      counter(
          "mangonel_takeovers",
          "Schedulers of which this one took jobs over, by how their keys went.",
          "cause");
  private final Counter suspicions =
      counter("mangonel_suspicions", "Keys of other schedulers deleted by suspicion.");
  private final Counter launches = counter("mangonel_task_launches", "Attempts launched.");
  private final Counter reruns =
      counter("mangonel_task_reruns", "Attempts launched at a task that had had one before.");
  private final Counter successes = counter("mangonel_task_successes", "Attempts that succeeded.");
  private final Counter failures =
      counter("mangonel_task_failures", "Attempts that failed, by kind.", "kind");
  private final Counter executorsGone =
      counter("mangonel_executor_losses", "Times a job lost an executor that it used.");
  private final Counter outputBytes =
      counter("mangonel_task_output_bytes", "Bytes that tasks wrote for others or as a result.");
  private final Counter outputRows = counter("mangonel_task_output_rows", "Rows that tasks wrote.");
  private final Counter resultRows =
      counter("mangonel_result_rows", "Rows of the results of jobs that finished.");
  private final Counter commits =
      counter("mangonel_commits", "Transactions sent to the state store, by outcome.", "outcome");
  private final Histogram commitSeconds =
      histogram("mangonel_commit_duration", "From sending to outcome.", COMMIT_BUCKETS);
  private final Histogram loopLag =
      histogram("mangonel_loop_lag", "How long an event waited for the loop.", LAG_BUCKETS);
  private final Histogram planningSeconds =
      histogram("mangonel_planning_duration", "Planning, its wait included.", PLANNING_BUCKETS);
  private final Counter wholeRuns =
      counter("mangonel_plans_whole", "Plans of queries that run whole, as one task.");

  public SchedulerMetrics() {
    VirtualMachineMetrics.register(registry);
    for (String state : new String[] {"COMPLETED", "FAILED", "CANCELLED"}) {
      ended.initLabelValues(state);
    }
    takeovers.initLabelValues(SUSPICION);
    takeovers.initLabelValues(LEASE);
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  private Histogram histogram(String name, String help, double[] buckets) {
    return Histogram.builder()
        .name(name)
        .unit(Unit.SECONDS)
        .help(help)
        .classicOnly()
        .classicUpperBounds(buckets)
        .register(registry);
  }

  /**
   * A figure that is asked for at each scrape.
   *
   * @param read gives a value for each value of the label
   */
  public void gauge(
      String name, String help, String label, Consumer<GaugeWithCallback.Callback> read) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(label)
        .callback(read)
        .register(registry);
  }

  /** So many jobs of a scheduler that is gone are this one's. */
  public void claimed(int jobs) {
    claimed.inc(jobs);
  }

  /** Jobs of a scheduler are this one's, for the first time. */
  public void tookOver(boolean suspected) {
    takeovers.labelValues(suspected ? SUSPICION : LEASE).inc();
  }

  /** This scheduler deleted the key of another one. */
  public void suspected() {
    suspicions.inc();
  }

  /** Counts what a commit says, once it is done. */
  public void committed(Commit commit, Commit.Outcome outcome, double seconds) {
    commits.labelValues(outcome.name()).inc();
    commitSeconds.observe(seconds);
    if (outcome == Commit.Outcome.DONE) {
      commit.changes().forEach(this::count);
    }
  }

  private void count(Change change) {
    switch (change) {
      case Change.JobCreated _ -> submitted.inc();
      case Change.JobClaimed _ -> claimed.inc();
      case Change.Transitions entry -> entry.transitions().forEach(this::count);
      case Change.JobEnded(_, _, TerminalRecord record, _, _, _) -> count(record);
      case Change.JobForgotten _,
          Change.PlanChunkWritten _,
          Change.PlanWritten _,
          Change.SnapshotChunkWritten _,
          Change.SnapshotWritten _,
          Change.LogTrimmed _,
          Change.SnapshotDropped _,
          Change.ExecutorWritten _,
          Change.ExecutorDeleted _ -> {}
    }
  }

  private void count(TerminalRecord record) {
    switch (record) {
      case TerminalRecord.Finished finished -> {
        ended.labelValues("COMPLETED").inc();
        finished.result().forEach(part -> resultRows.inc(part.output().rows()));
      }
      case TerminalRecord.Failed _ -> ended.labelValues("FAILED").inc();
      case TerminalRecord.Cancelled _ -> ended.labelValues("CANCELLED").inc();
    }
  }

  private void count(GraphTransition transition) {
    switch (transition) {
      case GraphTransition.TaskLaunched(var id, _, _) -> {
        launches.inc();
        if (id.attempt() > 0) {
          reruns.inc();
        }
      }
      case GraphTransition.TaskSucceeded(_, var output) -> {
        successes.inc();
        outputBytes.inc(output.bytes());
        outputRows.inc(output.rows());
      }
      case GraphTransition.TaskFailed(_, var failure) ->
          failures.labelValues(JobHistory.kind(failure)).inc();
      case GraphTransition.ExecutorGone _ -> executorsGone.inc();
      case GraphTransition.RowsSent(), GraphTransition.PublishingBegun() -> {}
    }
  }

  /** An event was taken by the loop. */
  public void waitedForLoop(double seconds) {
    loopLag.observe(seconds);
  }

  /** A statement was planned. */
  public void planned(double seconds, boolean whole) {
    planningSeconds.observe(seconds);
    if (whole) {
      wholeRuns.inc();
    }
  }

  /** All figures in Prometheus' text format. */
  public String text() {
    var out = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to memory", e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
