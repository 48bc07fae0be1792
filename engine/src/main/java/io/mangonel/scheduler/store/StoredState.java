package io.mangonel.scheduler.store;

import io.mangonel.core.Bytes;
import io.mangonel.core.UnreadableRecordException;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.LogEntry;
import io.mangonel.core.record.RecordCodec;
import io.mangonel.core.record.StoredJob;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.suspicion.Lineage;
import io.mangonel.core.suspicion.Succession;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.Entry;
import io.mangonel.state.StateBackend.Page;
import io.mangonel.wire.HostPort;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Reads what {@link ChangeEncoder} wrote. Thread-safe. */
public final class StoredState {
  static final int SCAN_LIMIT = 500;

  /** Headers are small: thousands of them fit into one answer of etcd. */
  private static final int HEADERS_PAGE = 5_000;

  private final StateBackend backend;
  private final StoreReads.Direct reads;
  private final JobReader jobs;

  public StoredState(StateBackend backend) {
    this.backend = backend;
    this.reads = new StoreReads.Direct(backend);
    this.jobs = new JobReader(reads);
  }

  /**
   * @param planned its header is with the active jobs
   * @param log as {@link #log} has it
   */
  public record Claimable(StoredJob job, boolean planned, List<LogEntry> log) {
    public Claimable {
      log = List.copyOf(log);
    }
  }

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
   * @param revision of its last change
   */
  public record Header(JobId job, Incarnation owner, long epoch, boolean planned, long revision) {}

  /** Of every job that has not ended; those this version cannot read are left out. */
  public List<Header> headers() {
    List<Header> headers = new ArrayList<>();
    // In this order: a header moves from the first to the second.
    for (Keyspace keyspace : List.of(Keyspace.QUEUED_JOBS, Keyspace.ACTIVE_JOBS)) {
      String after = "";
      List<Entry> page;
      do {
        page =
            backend
                .scanAll(List.of(new Page(keyspace, Keys.HEADER_PREFIX, after, HEADERS_PAGE)))
                .getFirst();
        page.forEach(entry -> readable(keyspace, entry).ifPresent(headers::add));
        after = page.isEmpty() ? after : page.getLast().key();
      } while (page.size() == HEADERS_PAGE);
    }
    return headers;
  }

  /** Empty when this version cannot read it: whoever wrote it does. */
  static Optional<Header> readable(Keyspace keyspace, Entry entry) {
    try {
      return Optional.of(header(keyspace, entry));
    } catch (UnreadableRecordException e) {
      return Optional.empty();
    }
  }

  private static Header header(Keyspace keyspace, Entry entry) {
    JobHeader header = JobHeader.decode(entry.value());
    boolean planned = keyspace == Keyspace.ACTIVE_JOBS;
    JobId job = Keys.jobOfHeader(entry.key());
    return new Header(job, header.owner(), header.epoch(), planned, entry.modifyRevision());
  }

  /** Who has which job, and who is there: in one question, unless there is much. */
  public Survey survey() {
    return Survey.of(backend, this);
  }

  /** What a scheduler looks at again and again, in one question. */
  public Look look() {
    return Look.of(backend, this);
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
    return claimable(job, jobs);
  }

  /** Several that were just claimed, in few reads, or none when that read them. */
  public Map<JobId, Claim> claimable(FencedStore.Claimed claimed) {
    List<JobId> several = claimed.jobs();
    var reader = new JobReader(JobRanges.of(backend, several, claimed.pages()));
    Map<JobId, Claim> claims = new LinkedHashMap<>();
    several.forEach(job -> claims.put(job, claimable(job, reader)));
    return claims;
  }

  private static Claim claimable(JobId job, JobReader reader) {
    Optional<JobReader.Header> header = reader.header(job);
    if (header.isEmpty()) {
      return new Claim.Gone();
    }
    try {
      return new Claim.Found(claimable(header.get(), job, reader));
    } catch (UnreadableRecordException e) {
      return new Claim.Unreadable(String.valueOf(e.getMessage()));
    }
  }

  private static Claimable claimable(JobReader.Header header, JobId job, JobReader reader) {
    boolean planned = header.planned();
    return new Claimable(reader.job(header), planned, planned ? reader.log(job) : List.of());
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
              var header = new JobReader.Header(keyspace, entry);
              claimable.add(claimable(header, Keys.jobOfHeader(entry.key()), jobs));
            } catch (UnreadableRecordException e) {
              unreadable.add(keyspace + " " + entry.key() + ": " + e.getMessage());
            }
          });
    }
    return new Jobs(claimable, unreadable);
  }

  /** A job that has ended, with all that is still kept of how it came to that. */
  public Optional<StoredJob> details(Ended job) {
    boolean planned = backend.get(Keyspace.ACTIVE_JOBS, Keys.stages(job.job())).isPresent();
    try {
      return planned
          ? Optional.of(jobs.planned(job.job(), job.epoch(), job.request()))
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
    return jobs.log(job);
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
      return record.before().last().map(_ -> new Succession(incarnation, record.before()));
    }
  }

  public List<Scheduler> schedulers() {
    List<Scheduler> found = new ArrayList<>();
    forEach(Keyspace.SCHEDULERS, "", "", entry -> found.add(scheduler(entry)));
    return found;
  }

  static Scheduler scheduler(Entry entry) {
    return new Scheduler(new Incarnation(entry.key()), record(entry), entry.createRevision());
  }

  public List<Incarnation> schedulerIncarnations() {
    return schedulers().stream().map(Scheduler::incarnation).toList();
  }

  /** One of a newer version is there, and nobody here knows where. */
  private static SchedulerRecord record(Entry entry) {
    try {
      return SchedulerRecord.decode(entry.value());
    } catch (UnreadableRecordException e) {
      return new SchedulerRecord("", 0, 0, 0, Lineage.NONE);
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

  /** Who had a job when it ended. */
  public record LastOwner(JobId job, Incarnation owner, long epoch) {}

  /**
   * Of an ended job; empty when this version cannot read it.
   *
   * @param keyspace where its record is
   */
  Optional<LastOwner> lastOwner(Keyspace keyspace, JobId job) {
    try {
      return backend
          .get(keyspace, job.value())
          .map(entry -> EndedJob.decode(entry.value()))
          .map(end -> new LastOwner(job, end.owner(), end.epoch()));
    } catch (UnreadableRecordException e) {
      return Optional.empty();
    }
  }

  /** The keys of {@code SUBMITS} under which these jobs were sent, in one look at all requests. */
  Map<JobId, String> submitKeys(Set<JobId> jobs) {
    Map<JobId, String> keys = new HashMap<>();
    forEach(
        Keyspace.QUEUED_JOBS,
        Keys.REQUEST_PREFIX,
        "",
        entry -> {
          JobId job = Keys.jobOfRequest(entry.key());
          if (jobs.contains(job)) {
            JobRequest request = RecordCodec.decodeRequest(entry.value());
            if (!request.idempotencyKey().isEmpty()) {
              keys.put(job, Keys.submit(request.principal(), request.idempotencyKey()));
            }
          }
        });
    return keys;
  }

  public Optional<JobRequest> request(JobId job) {
    return jobs.request(job);
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

  /** Who has the job; empty when it has ended, or never was. */
  public Optional<Header> header(JobId job) {
    return jobs.header(job).map(found -> header(found.keyspace(), found.entry()));
  }

  /** Whether the job has a header, so has not ended. */
  public boolean open(JobId job) {
    // In this order: a header moves from the first to the second.
    return backend.get(Keyspace.QUEUED_JOBS, Keys.header(job)).isPresent()
        || backend.get(Keyspace.ACTIVE_JOBS, Keys.header(job)).isPresent();
  }

  /** Whether someone asked for the job's end (rule D7). */
  public boolean cancelRequested(JobId job) {
    return jobs.cancelRequested(job);
  }

  public Optional<SubmitRecord> submit(String principal, String idempotencyKey) {
    return backend
        .get(Keyspace.SUBMITS, Keys.submit(principal, idempotencyKey))
        .map(entry -> SubmitRecord.decode(entry.value()));
  }

  private void forEach(Keyspace keyspace, String prefix, String after, Consumer<Entry> use) {
    reads.forEach(keyspace, prefix, after, use);
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
