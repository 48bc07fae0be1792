package io.mangonel.core.graph;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.task.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All that an {@link ExecutionGraph} is made of, and its canonical form. */
record GraphSnapshot(
    JobId job,
    List<Stage> stages,
    boolean rowsSent,
    boolean publishing,
    Optional<ExecutionGraph.Failed> failure) {
  /**
   * Since 2 an output file has a checksum, since 3 a task its executors' deaths, since 5 a stage
   * its kind.
   */
  private static final int VERSION = 5;

  private static final int DEATHS_SINCE = 3;
  private static final int KINDS_SINCE = 5;

  Bytes encode() {
    var out = new RecordWriter().number(VERSION).text(job.value()).number(stages.size());
    stages.forEach(stage -> stage.encode(out));
    out.flag(rowsSent).flag(publishing).flag(failure.isPresent());
    failure.ifPresent(failed -> out.text(failed.message()).flag(failed.retryable()));
    return out.toBytes();
  }

  static GraphSnapshot decode(Bytes bytes) {
    var in = new RecordReader(bytes);
    int version = in.version("execution graph", VERSION);
    var job = new JobId(in.text());
    int count = in.integer();
    var stages = new ArrayList<Stage>();
    for (int i = 0; i < count; i++) {
      stages.add(Stage.decode(in, version >= DEATHS_SINCE, version >= KINDS_SINCE));
    }
    boolean rowsSent = in.flag();
    boolean publishing = version >= KINDS_SINCE && in.flag();
    Optional<ExecutionGraph.Failed> failure =
        in.flag() ? Optional.of(new ExecutionGraph.Failed(in.text(), in.flag())) : Optional.empty();
    in.end();
    return new GraphSnapshot(job, stages, rowsSent, publishing, failure);
  }
}
