package io.mangonel.workbench.scale;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.EdgeKind;
import io.mangonel.core.graph.StageEdge;
import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.record.JobPlan;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutput;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Jobs and executors as they are in life, but for what tasks do. */
final class Shapes {
  static final String FINGERPRINT = "v0";
  private static final int STAGE_PLAN_BYTES = 4_000;
  private static final long ROWS = 1_000;
  private static final long FILE_BYTES = 64 << 10;

  private Shapes() {}

  static JobRequest request(String user, long nowMs) {
    return new JobRequest(
        "SELECT 1", new TreeMap<>(), "/", "session-" + user, user, FINGERPRINT, nowMs, "");
  }

  /** A stage of this many tasks, and one task that reads them all. */
  static JobPlan wide(int tasks) {
    return plan(
        List.of(
            new StageSpec(0, tasks, List.of(), true),
            new StageSpec(1, 1, List.of(new StageEdge(0, EdgeKind.ALL)), true)));
  }

  /** Each of {@code width} tasks reads what each of as many wrote; then one task reads them. */
  static JobPlan allToAll(int width) {
    return plan(
        List.of(
            new StageSpec(0, width, List.of(), true),
            new StageSpec(1, width, List.of(new StageEdge(0, EdgeKind.HASH)), true),
            new StageSpec(2, 1, List.of(new StageEdge(1, EdgeKind.ALL)), true)));
  }

  /** One task, after whose start and end the job is over. */
  static JobPlan single() {
    return plan(List.of(new StageSpec(0, 1, List.of(), true)));
  }

  private static JobPlan plan(List<StageSpec> stages) {
    Bytes body = Bytes.of(new byte[STAGE_PLAN_BYTES * stages.size()]);
    return new JobPlan(stages, body, false, false);
  }

  static int tasks(JobPlan plan) {
    return plan.stages().stream().mapToInt(StageSpec::tasks).sum();
  }

  static List<ExecutorInfo> executors(int count, int slots) {
    return IntStream.range(0, count).mapToObj(number -> executor(number, slots)).toList();
  }

  private static ExecutorInfo executor(int number, int slots) {
    String name = String.format(Locale.ROOT, "executor-%04d", number);
    return new ExecutorInfo(
        new ExecutorId(name),
        new Incarnation(name + "-5f3a2c81"),
        "127.0.0.1",
        1,
        slots,
        FINGERPRINT,
        false);
  }

  /** One file that all readers filter. */
  static TaskOutput output(TaskAttemptId id) {
    String path =
        id.job() + "/" + id.stage() + "." + id.stageAttempt() + "/" + id.partition() + "/0.parquet";
    var file =
        new OutputFile(OutputFile.ALL_PARTITIONS, path, ROWS, FILE_BYTES, path.hashCode() & 0xFFFF);
    return new TaskOutput(List.of(file), Bytes.EMPTY, ROWS, FILE_BYTES);
  }
}
