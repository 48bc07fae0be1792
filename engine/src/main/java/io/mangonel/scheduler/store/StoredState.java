package io.mangonel.scheduler.store;

import io.mangonel.core.Bytes;
import io.mangonel.core.UnreadableRecordException;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.LogEntry;
import io.mangonel.core.record.RecordCodec;
import io.mangonel.core.record.StoredJob;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.suspicion.Succession;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.Entry;
import io.mangonel.wire.HostPort;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Reads what {@link ChangeEncoder} wrote. Thread-safe. */
public final class StoredState {
  private static final int SCAN_LIMIT = 500;

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

  /**
   * A job that ended, as a list shows it.
   *
   * @param tasks of all stages, and {@code doneTasks} of them; 0 when they are not known
   */
  public record Ended(
      JobId job,
      Incarnation owner,
      long epoch,
      JobRequest request,
      TerminalRecord record,
      long plannedAtMs,
      int tasks,
      int doneTasks) {}

  public List<ExecutorInfo> executors() {
    List<ExecutorInfo> executors = new ArrayList<>();
    forEach(
        Keyspace.EXECUTORS,
        "",
        "",
        entry -> executors.add(RecordCodec.decodeExecutor(entry.value())));
    return executors;
  }

  /**
   * @param planned whether it is with the active jobs
   */
  public record Header(JobId job, Incarnation owner, long epoch, boolean planned) {}

  /** Of every job that has not ended; those this version cannot read are left out. */
  public List<Header> headers() {
    List<Header> headers = new ArrayList<>();
    // In this order: a header moves from the first to the second.
    for (Keyspace keyspace : List.of(Keyspace.QUEUED_JOBS, Keyspace.ACTIVE_JOBS)) {
      boolean planned = keyspace == Keyspace.ACTIVE_JOBS;
      forEach(
          keyspace,
          Keys.HEADER_PREFIX,
          "",
          entry -> {
            try {
              JobHeader header = JobHeader.decode(entry.value());
              JobId job = Keys.jobOfHeader(entry.key());
              headers.add(new Header(job, header.owner(), header.epoch(), planned));
            } catch (UnreadableRecordException e) {
              return; // Whoever wrote it reads it.
            }
          });
    }
    return headers;
  }

  /** What is to be known of a job before it is taken over. */
  public sealed interface Claim {
    record Found(Claimable job) implements Claim {}

    /** By this version. */
    record Unreadable(String why) implements Claim {}

    record Gone() implements Claim {}
  }

  /** One job that has not ended. */
  public Claim claimable(JobId job) {
    for (Keyspace keyspace : List.of(Keyspace.QUEUED_JOBS, Keyspace.ACTIVE_JOBS)) {
      Optional<Entry> header = backend.get(keyspace, Keys.header(job));
      if (header.isPresent()) {
        boolean planned = keyspace == Keyspace.ACTIVE_JOBS;
        try {
          return new Claim.Found(new Claimable(job(header.get(), planned), planned));
        } catch (UnreadableRecordException e) {
          return new Claim.Unreadable(String.valueOf(e.getMessage()));
        }
      }
    }
    return new Claim.Gone();
  }

  /** Jobs whose end somebody wants. */
  public List<JobId> cancelMarks() {
    List<JobId> marked = new ArrayList<>();
    forEachKey(Keyspace.CANCELS, "", key -> marked.add(new JobId(key)));
    return marked;
  }

  /** Every job that has not ended. One that this version cannot read is left alone. */
  public Jobs jobs() {
    List<Claimable> claimable = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    for (Keyspace keyspace : List.of(Keyspace.QUEUED_JOBS, Keyspace.ACTIVE_JOBS)) {
      forEach(
          keyspace,
          Keys.HEADER_PREFIX,
          "",
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
      return new StoredJob(job, epoch, request, null, null, 0, 0, List.of(), cancelRequested(job));
    }
    return planned(job, epoch, request);
  }

  private StoredJob planned(JobId job, long epoch, JobRequest request) {
    StoredJob.Plan plan =
        RecordCodec.decodePlan(
            backend
                .get(Keyspace.ACTIVE_JOBS, Keys.stages(job))
                .orElseThrow(() -> new UnreadableRecordException("its stages are missing"))
                .value());
    Optional<SnapshotRecord> snapshot =
        backend
            .get(Keyspace.ACTIVE_JOBS, Keys.snapshot(job))
            .map(entry -> SnapshotRecord.decode(entry.value()));
    long covered = snapshot.map(SnapshotRecord::sequence).orElse(0L);
    List<List<GraphTransition>> log = new ArrayList<>();
    // Entries that the snapshot covers may still be there.
    forEach(
        Keyspace.ACTIVE_JOBS,
        Keys.logPrefix(job),
        Keys.log(job, covered),
        line -> log.add(RecordCodec.decodeLogEntry(line.value()).transitions()));
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
          backend
              .get(Keyspace.ACTIVE_JOBS, key)
              .orElseThrow(() -> new UnreadableRecordException(key + " is missing"));
      graph.writeBytes(chunk.value().toByteArray());
    }
    return Bytes.of(graph.toByteArray());
  }

  /** A job that has ended, with all that is still kept of how it came to that. */
  public Optional<StoredJob> details(Ended job) {
    boolean planned = backend.get(Keyspace.ACTIVE_JOBS, Keys.stages(job.job())).isPresent();
    try {
      return planned
          ? Optional.of(planned(job.job(), job.epoch(), job.request()))
          : Optional.empty();
    } catch (UnreadableRecordException e) {
      return Optional.empty(); // A sweep was faster.
    }
  }

  /**
   * A job's log, in order: who did what and when. What a snapshot has replaced is not in it.
   *
   * @return empty when it is gone, or when this version cannot read it
   */
  public List<LogEntry> log(JobId job) {
    List<LogEntry> log = new ArrayList<>();
    try {
      forEach(
          Keyspace.ACTIVE_JOBS,
          Keys.logPrefix(job),
          "",
          line -> log.add(RecordCodec.decodeLogEntry(line.value())));
    } catch (UnreadableRecordException e) {
      return List.of();
    }
    return log;
  }

  /** What each scheduler took over last. */
  public Map<Incarnation, TakeoverRecord> takeovers() {
    Map<Incarnation, TakeoverRecord> found = new HashMap<>();
    forEach(
        Keyspace.TAKEOVERS,
        "",
        "",
        entry -> found.put(new Incarnation(entry.key()), TakeoverRecord.decode(entry.value())));
    return found;
  }

  /**
   * A scheduler that is registered.
   *
   * @param createRevision of its key
   */
  public record Scheduler(Incarnation incarnation, SchedulerRecord record, long createRevision) {
    /** Where it listens; empty when this version cannot tell. */
    public Optional<HostPort> address() {
      return HostPort.parse(record.address());
    }

    /** Whose process it was when it lost its key. */
    public Optional<Succession> succession() {
      return record
          .before()
          .map(was -> new Succession(was.scheduler(), incarnation, was.suspectedBy()));
    }
  }

  public List<Scheduler> schedulers() {
    List<Scheduler> found = new ArrayList<>();
    forEach(
        Keyspace.SCHEDULERS,
        "",
        "",
        entry ->
            found.add(
                new Scheduler(
                    new Incarnation(entry.key()), record(entry), entry.createRevision())));
    return found;
  }

  /** One of a newer version is there, and nobody here knows where. */
  private static SchedulerRecord record(Entry entry) {
    try {
      return SchedulerRecord.decode(entry.value());
    } catch (UnreadableRecordException e) {
      return new SchedulerRecord("", 0, 0, 0, Optional.empty());
    }
  }

  /** Ended jobs whose details are still there. */
  public List<Ended> endedWithDetails() {
    List<Ended> found = new ArrayList<>();
    forEachKey(
        Keyspace.ACTIVE_JOBS,
        Keys.STAGES_PREFIX,
        key -> ended(Keys.jobOfStages(key)).ifPresent(found::add));
    return found;
  }

  public Optional<JobRequest> request(JobId job) {
    return backend
        .get(Keyspace.QUEUED_JOBS, Keys.request(job))
        .map(entry -> RecordCodec.decodeRequest(entry.value()));
  }

  /** The body of a job's plan; empty when none was written or it is gone. */
  public Optional<Bytes> planBody(JobId job) {
    Optional<Entry> stages = backend.get(Keyspace.ACTIVE_JOBS, Keys.stages(job));
    if (stages.isEmpty()) {
      return Optional.empty();
    }
    // Pieces beyond these are of a plan that was never complete.
    int chunks = RecordCodec.decodePlan(stages.get().value()).chunks();
    String last = chunks == StoredJob.Plan.CHUNKS_UNKNOWN ? "" : Keys.planChunk(job, chunks - 1);
    var body = new ByteArrayOutputStream();
    forEach(
        Keyspace.ACTIVE_JOBS,
        Keys.planPrefix(job),
        "",
        entry -> {
          if (last.isEmpty() || entry.key().compareTo(last) <= 0) {
            body.writeBytes(entry.value().toByteArray());
          }
        });
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

  /**
   * Those of {@code jobs} that have an owner, or whose details are still kept (rule T13). A job's
   * header moves to the active jobs in the commit that writes its stages, and these go last: read
   * in this order, no job slips through between the reads.
   */
  public List<JobId> known(List<JobId> jobs) {
    Set<JobId> known = new HashSet<>();
    forEachKey(Keyspace.QUEUED_JOBS, Keys.HEADER_PREFIX, key -> known.add(Keys.jobOfHeader(key)));
    forEachKey(Keyspace.ACTIVE_JOBS, Keys.STAGES_PREFIX, key -> known.add(Keys.jobOfStages(key)));
    return jobs.stream().filter(known::contains).toList();
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
      return request(job)
          .map(
              request ->
                  new Ended(
                      job,
                      end.owner(),
                      end.epoch(),
                      request,
                      end.record(),
                      end.plannedAtMs(),
                      end.tasks(),
                      end.doneTasks()));
    } catch (UnreadableRecordException e) {
      return Optional.empty();
    }
  }

  /** Whether the job has a header, so has not ended. */
  public boolean open(JobId job) {
    // In this order: a header moves from the first to the second.
    return backend.get(Keyspace.QUEUED_JOBS, Keys.header(job)).isPresent()
        || backend.get(Keyspace.ACTIVE_JOBS, Keys.header(job)).isPresent();
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

  private void forEach(Keyspace keyspace, String prefix, String afterKey, Consumer<Entry> use) {
    String after = afterKey;
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
