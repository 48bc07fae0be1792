package io.mangonel.scheduler.store;

import io.mangonel.core.Bytes;
import io.mangonel.core.UnreadableRecordException;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.LogEntry;
import io.mangonel.core.record.RecordCodec;
import io.mangonel.core.record.StoredJob;
import io.mangonel.core.task.JobId;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend.Entry;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads whole jobs: request, plan, snapshot, log. */
final class JobReader {
  private final StoreReads reads;

  JobReader(StoreReads reads) {
    this.reads = reads;
  }

  /** A job's header, wherever it is. */
  record Header(Keyspace keyspace, Entry entry) {
    boolean planned() {
      return keyspace == Keyspace.ACTIVE_JOBS;
    }
  }

  Optional<Header> header(JobId job) {
    // In this order: a header moves from the first to the second.
    for (Keyspace keyspace : List.of(Keyspace.QUEUED_JOBS, Keyspace.ACTIVE_JOBS)) {
      Optional<Entry> entry = reads.get(keyspace, Keys.header(job));
      if (entry.isPresent()) {
        return Optional.of(new Header(keyspace, entry.get()));
      }
    }
    return Optional.empty();
  }

  /**
   * A job that has not ended.
   *
   * @throws UnreadableRecordException when this version cannot read it
   */
  StoredJob job(Header header) {
    JobId job = Keys.jobOfHeader(header.entry.key());
    long epoch = JobHeader.decode(header.entry.value()).epoch();
    JobRequest request =
        request(job).orElseThrow(() -> new UnreadableRecordException("its request is missing"));
    if (!header.planned()) {
      return new StoredJob(job, epoch, request, null, null, 0, 0, List.of(), cancelRequested(job));
    }
    return planned(job, epoch, request);
  }

  /** As {@link #job}, when the header is known, or gone. */
  StoredJob planned(JobId job, long epoch, JobRequest request) {
    StoredJob.Plan plan =
        RecordCodec.decodePlan(
            reads
                .get(Keyspace.ACTIVE_JOBS, Keys.stages(job))
                .orElseThrow(() -> new UnreadableRecordException("its stages are missing"))
                .value());
    Optional<SnapshotRecord> snapshot =
        reads
            .get(Keyspace.ACTIVE_JOBS, Keys.snapshot(job))
            .map(entry -> SnapshotRecord.decode(entry.value()));
    long covered = snapshot.map(SnapshotRecord::sequence).orElse(0L);
    List<List<GraphTransition>> log = new ArrayList<>();
    // Entries that the snapshot covers may still be there.
    for (Entry line :
        reads.all(Keyspace.ACTIVE_JOBS, Keys.logPrefix(job), Keys.log(job, covered))) {
      log.add(RecordCodec.decodeLogEntry(line.value()).transitions());
    }
    int chunks = snapshot.map(SnapshotRecord::chunks).orElse(0);
    Bytes graph = snapshot.map(found -> graph(job, found)).orElse(null);
    return new StoredJob(
        job, epoch, request, plan, graph, covered, chunks, log, cancelRequested(job));
  }

  private Bytes graph(JobId job, SnapshotRecord snapshot) {
    Bytes inline = snapshot.inline();
    if (inline != null) {
      return inline;
    }
    var graph = new ByteArrayOutputStream();
    for (int index = 0; index < snapshot.chunks(); index++) {
      String key = Keys.snapshotChunk(job, snapshot.sequence(), index);
      Entry chunk =
          reads
              .get(Keyspace.ACTIVE_JOBS, key)
              .orElseThrow(() -> new UnreadableRecordException(key + " is missing"));
      graph.writeBytes(chunk.value().toByteArray());
    }
    return Bytes.of(graph.toByteArray());
  }

  /** A job's log, in order; empty when it is gone, or when this version cannot read it. */
  List<LogEntry> log(JobId job) {
    try {
      return reads.all(Keyspace.ACTIVE_JOBS, Keys.logPrefix(job), "").stream()
          .map(line -> RecordCodec.decodeLogEntry(line.value()))
          .toList();
    } catch (UnreadableRecordException e) {
      return List.of();
    }
  }

  Optional<JobRequest> request(JobId job) {
    return reads
        .get(Keyspace.QUEUED_JOBS, Keys.request(job))
        .map(entry -> RecordCodec.decodeRequest(entry.value()));
  }

  boolean cancelRequested(JobId job) {
    return reads.get(Keyspace.CANCELS, job.value()).isPresent();
  }
}
