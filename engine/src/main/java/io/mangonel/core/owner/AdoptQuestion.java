package io.mangonel.core.owner;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.task.Incarnation;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * What executors are asked about at a takeover (rule T5).
 *
 * @param gone schedulers that had the jobs before, each once, in order
 */
record AdoptQuestion(List<Effect.JobEpoch> jobs, List<Incarnation> gone) {
  static AdoptQuestion about(Collection<Job> jobs) {
    return new AdoptQuestion(
        jobs.stream().map(job -> new Effect.JobEpoch(job.id, job.epoch)).toList(),
        jobs.stream()
            .flatMap(job -> Stream.ofNullable(job.ownerBefore))
            .distinct()
            .sorted()
            .toList());
  }

  /** Both in one message. */
  AdoptQuestion with(AdoptQuestion more) {
    return new AdoptQuestion(
        Stream.concat(jobs.stream(), more.jobs.stream()).distinct().toList(),
        Stream.concat(gone.stream(), more.gone.stream()).distinct().sorted().toList());
  }

  void encode(RecordWriter out) {
    out.list(jobs, (o, job) -> o.text(job.job().value()).number(job.epoch()));
    out.list(gone, (o, one) -> o.text(one.value()));
  }
}
