package io.mangonel.executor;

import io.mangonel.core.task.Failure;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.wire.VirtualMachineMetrics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The figures of one executor for Prometheus. Thread-safe. */
final class ExecutorMetrics {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double[] TASK_BUCKETS = {.005, .02, .1, .5, 1, 5, 20, 60, 300, 1_200};

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Gauge slots =
      Gauge.builder().name("mangonel_slots").help("Task slots.").register(registry);
  private final Gauge running =
      Gauge.builder().name("mangonel_tasks_running").help("Tasks that run.").register(registry);
  private final Counter ended =
      Counter.builder()
          .name("mangonel_tasks_ended")
          .help("Tasks that ended, by how.")
          .labelNames("outcome")
          .register(registry);
  private final Counter outputBytes =
      Counter.builder()
          .name("mangonel_task_output_bytes")
          .help("Bytes that tasks wrote for others or as a result.")
          .register(registry);
  private final Counter outputRows =
      Counter.builder()
          .name("mangonel_task_output_rows")
          .help("Rows that tasks wrote.")
          .register(registry);
  private final Histogram seconds =
      Histogram.builder()
          .name("mangonel_task_duration")
          .unit(Unit.SECONDS)
          .help("From a task's start to its end.")
          .classicOnly()
          .classicUpperBounds(TASK_BUCKETS)
          .register(registry);

  ExecutorMetrics(int slotCount) {
    VirtualMachineMetrics.register(registry);
    slots.set(slotCount);
    ended.initLabelValues("SUCCEEDED");
  }

  void started() {
    running.inc();
  }

  void ended(TaskOutcome outcome, long tookNs) {
    running.dec();
    seconds.observe(tookNs / NANOS_PER_SECOND);
    switch (outcome) {
      case TaskOutcome.Succeeded(TaskOutput output) -> {
        ended.labelValues("SUCCEEDED").inc();
        outputBytes.inc(output.bytes());
        outputRows.inc(output.rows());
      }
      case TaskOutcome.Failed(Failure failure) -> ended.labelValues(kind(failure)).inc();
    }
  }

  private static String kind(Failure failure) {
    return switch (failure) {
      case Failure.UserError _ -> "USER_ERROR";
      case Failure.ResourceExhausted _ -> "RESOURCE_EXHAUSTED";
      case Failure.Io _ -> "IO";
      case Failure.FetchFailed _ -> "FETCH_FAILED";
      case Failure.HolderUnreachable _ -> "HOLDER_UNREACHABLE";
      case Failure.ExecutorLost _ -> "EXECUTOR_LOST";
      case Failure.Killed _ -> "KILLED";
      case Failure.LaunchRejected _ -> "LAUNCH_REJECTED";
      case Failure.InputChanged _ -> "INPUT_CHANGED";
    };
  }

  /** All figures in Prometheus' text format. */
  String text() {
    var out = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to memory", e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
