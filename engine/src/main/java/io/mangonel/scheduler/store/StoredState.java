package io.mangonel.scheduler.store;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.UnreadableRecordException;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.RecordCodec;
import io.mangonel.core.record.StoredJob;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.JobId;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.Entry;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads what {@link ChangeEncoder} wrote. Thread-safe. */
public final class StoredState {
  private static final int SCAN_LIMIT = 500;
  private static final int SNAPSHOT_VERSION = 1;

  private final StateBackend backend;

  public StoredState(StateBackend backend) {
    this.backend = backend;
  }

  /**
   * @param planned its header is with the active jobs
   */
  public record Claimable(StoredJob job, boolean planned) {}

  /** Jobs to claim, and those that cannot be, by name. */
  public record Jobs(List<Claimable> claimable, List<String> unreadable) {
    public Jobs {
      claimable = List.copyOf(claimable);
      unreadable = List.copyOf(unreadable);
    }
  }

  /** A job that ended, as a list shows it. */
  public record Ended(JobId job, long epoch, JobRequest request, TerminalRecord record) {}

  public List<ExecutorInfo> executors() {
    List<ExecutorInfo> executors = new ArrayList<>();
    forEach(
        Keyspace.EXECUTORS, "", entry -> executors.add(RecordCodec.decodeExecutor(entry.value())));
    return executors;
  }

  /** Every job that has not ended. One that this version cannot read is left alone. */
  public Jobs jobs() {
    List<Claimable> claimable = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    for (Keyspace keyspace : List.of(Keyspace.QUEUED_JOBS, Keyspace.ACTIVE_JOBS)) {
      forEach(
          keyspace,
          Keys.HEADER_PREFIX,
          entry -> {
            try {
              boolean planned = keyspace == Keyspace.ACTIVE_JOBS;
              claimable.add(new Claimable(job(entry, planned), planned));
            } catch (UnreadableRecordException e) {
              unreadable.add(keyspace + " " + entry.key() + ": " + e.getMessage());
            }
          });
    }
    return new Jobs(claimable, unreadable);
  }

  private StoredJob job(Entry entry, boolean planned) {
    JobId job = Keys.jobOfHeader(entry.key());
    long epoch = JobHeader.decode(entry.value()).epoch();
    JobRequest request =
        request(job).orElseThrow(() -> new UnreadableRecordException("its request is missing"));
    if (!planned) {
      return new StoredJob(job, epoch, request, null, null, 0, List.of());
    }
    StoredJob.Plan plan =
        RecordCodec.decodePlan(
            backend
                .get(Keyspace.ACTIVE_JOBS, Keys.stages(job))
                .orElseThrow(() -> new UnreadableRecordException("its stages are missing"))
                .value());
    Snapshot snapshot = snapshot(job);
    List<List<GraphTransition>> log = new ArrayList<>();
    forEach(
        Keyspace.ACTIVE_JOBS,
        Keys.logPrefix(job),
        line -> log.add(RecordCodec.decodeTransitions(line.value())));
    return new StoredJob(job, epoch, request, plan, snapshot.graph, snapshot.sequence, log);
  }

  private record Snapshot(@Nullable Bytes graph, long sequence) {}

  private Snapshot snapshot(JobId job) {
    Optional<Entry> entry = backend.get(Keyspace.ACTIVE_JOBS, Keys.snapshot(job));
    if (entry.isEmpty()) {
      return new Snapshot(null, 0);
    }
    var in = new RecordReader(entry.get().value());
    in.version("snapshot", SNAPSHOT_VERSION);
    long sequence = in.number();
    var snapshot = new Snapshot(in.bytes(), sequence);
    in.end();
    return snapshot;
  }

  public Optional<JobRequest> request(JobId job) {
    return backend
        .get(Keyspace.QUEUED_JOBS, Keys.request(job))
        .map(entry -> RecordCodec.decodeRequest(entry.value()));
  }

  /** The body of a job's plan; empty when none was written or it is gone. */
  public Optional<Bytes> planBody(JobId job) {
    var body = new ByteArrayOutputStream();
    forEach(
        Keyspace.ACTIVE_JOBS,
        Keys.planPrefix(job),
        entry -> body.writeBytes(entry.value().toByteArray()));
    return body.size() == 0 ? Optional.empty() : Optional.of(Bytes.of(body.toByteArray()));
  }

  /** The terminal record; empty while the job has not ended, and when it is long gone. */
  public Optional<Ended> ended(JobId job) {
    for (Keyspace keyspace : List.of(Keyspace.COMPLETED_JOBS, Keyspace.FAILED_JOBS)) {
      Optional<Entry> entry = backend.get(keyspace, job.value());
      if (entry.isPresent()) {
        return ended(entry.get());
      }
    }
    return Optional.empty();
  }

  /** The newest ended jobs, newest first; those this version cannot read are left out. */
  public List<Ended> history(int limit) {
    List<Ended> ended = new ArrayList<>();
    for (Keyspace keyspace : List.of(Keyspace.COMPLETED_JOBS, Keyspace.FAILED_JOBS)) {
      List<String> keys = new ArrayList<>();
      forEachKey(keyspace, "", keys::add);
      for (String key : keys.subList(Math.max(0, keys.size() - limit), keys.size())) {
        backend.get(keyspace, key).flatMap(this::ended).ifPresent(ended::add);
      }
    }
    ended.sort(Comparator.comparing(Ended::job).reversed());
    return List.copyOf(ended.subList(0, Math.min(limit, ended.size())));
  }

  private Optional<Ended> ended(Entry entry) {
    JobId job = new JobId(entry.key());
    try {
      EndedJob end = EndedJob.decode(entry.value());
      return request(job).map(request -> new Ended(job, end.epoch(), request, end.record()));
    } catch (UnreadableRecordException e) {
      return Optional.empty();
    }
  }

  /** Whether someone asked for the job's end (rule D7). */
  public boolean cancelRequested(JobId job) {
    return backend.get(Keyspace.CANCELS, job.value()).isPresent();
  }

  public Optional<SubmitRecord> submit(String principal, String idempotencyKey) {
    return backend
        .get(Keyspace.SUBMITS, Keys.submit(principal, idempotencyKey))
        .map(entry -> SubmitRecord.decode(entry.value()));
  }

  private void forEach(Keyspace keyspace, String prefix, Consumer<Entry> use) {
    String after = "";
    List<Entry> page;
    do {
      page = backend.scan(keyspace, prefix, after, SCAN_LIMIT);
      page.forEach(use);
      after = page.isEmpty() ? after : page.getLast().key();
    } while (page.size() == SCAN_LIMIT);
  }

  void forEachKey(Keyspace keyspace, String prefix, Consumer<String> use) {
    String after = "";
    List<String> page;
    do {
      page = backend.scanKeys(keyspace, prefix, after, SCAN_LIMIT);
      page.forEach(use);
      after = page.isEmpty() ? after : page.getLast();
    } while (page.size() == SCAN_LIMIT);
  }
}
