package io.mangonel.core.record;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.UnreadableRecordException;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutput;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The canonical, versioned form of what the owner keeps in the store. */
public final class RecordCodec {
  /**
   * Since 2 an output file has a checksum, since 4 an output says what was spilled, since 5 a log
   * may say that publishing began.
   */
  private static final int VERSION = 5;

  /** Since this version a log entry has its owner, its epoch and its times. */
  private static final int LOG_TIMES_SINCE = 3;

  /** Since 2 a request has a timeout. */
  private static final int REQUEST_VERSION = 2;

  /** Since 2 a plan has the number of its pieces and its time, since 3 its stages have a kind. */
  private static final int PLAN_VERSION = 3;

  private RecordCodec() {}

  public static Bytes encodeRequest(JobRequest request) {
    var out = new RecordWriter().number(REQUEST_VERSION);
    writeRequest(out, request);
    return out.toBytes();
  }

  public static JobRequest decodeRequest(Bytes bytes) {
    var in = new RecordReader(bytes);
    int version = in.version("job request", REQUEST_VERSION);
    String sql = in.text();
    SortedMap<String, String> settings = new TreeMap<>();
    for (var entry : in.list(i -> List.of(i.text(), i.text()))) {
      settings.put(entry.get(0), entry.get(1));
    }
    var request =
        new JobRequest(
            sql,
            settings,
            in.text(),
            in.text(),
            in.text(),
            in.text(),
            in.number(),
            in.text(),
            version < 2 ? 0 : in.number());
    in.end();
    return request;
  }

  public static Bytes encodePlan(StoredJob.Plan plan) {
    return new RecordWriter()
        .number(PLAN_VERSION)
        .number(plan.epoch())
        .list(plan.stages(), (o, stage) -> stage.write(o))
        .number(plan.chunks())
        .number(plan.plannedAtMs())
        .toBytes();
  }

  public static StoredJob.Plan decodePlan(Bytes bytes) {
    var in = new RecordReader(bytes);
    int version = in.version("plan", PLAN_VERSION);
    var plan =
        new StoredJob.Plan(
            in.number(),
            in.list(stage -> StageSpec.read(stage, version >= 3)),
            version < 2 ? StoredJob.Plan.CHUNKS_UNKNOWN : in.integer(),
            version < 2 ? 0 : in.number());
    in.end();
    return plan;
  }

  public static Bytes encodeLogEntry(LogEntry entry) {
    return new RecordWriter()
        .number(VERSION)
        .text(entry.owner())
        .number(entry.epoch())
        .list(entry.transitions(), (o, transition) -> transition.write(o))
        .list(entry.atMs(), (o, atMs) -> o.number(atMs))
        .toBytes();
  }

  public static LogEntry decodeLogEntry(Bytes bytes) {
    var in = new RecordReader(bytes);
    int version = in.version("log entry", VERSION);
    String owner = version < LOG_TIMES_SINCE ? "" : in.text();
    long epoch = version < LOG_TIMES_SINCE ? 0 : in.number();
    var transitions = in.list(GraphTransition::read);
    var atMs =
        version < LOG_TIMES_SINCE
            ? Collections.nCopies(transitions.size(), 0L)
            : in.list(RecordReader::number);
    in.end();
    return new LogEntry(owner, epoch, transitions, atMs);
  }

  public static Bytes encodeTerminalRecord(TerminalRecord record) {
    var out = new RecordWriter().number(VERSION);
    writeTerminalRecord(out, record);
    return out.toBytes();
  }

  public static TerminalRecord decodeTerminalRecord(Bytes bytes) {
    var in = new RecordReader(bytes);
    in.version("terminal record", VERSION);
    int kind = in.integer();
    TerminalRecord record =
        switch (kind) {
          case 1 -> new TerminalRecord.Finished(in.list(RecordCodec::readResultPart), in.number());
          case 2 -> new TerminalRecord.Failed(in.text(), in.flag(), in.number());
          case 3 -> new TerminalRecord.Cancelled(in.text(), in.number());
          default -> throw new UnreadableRecordException("terminal record of kind " + kind);
        };
    in.end();
    return record;
  }

  public static Bytes encodeExecutor(ExecutorInfo info) {
    var out = new RecordWriter().number(VERSION);
    writeExecutor(out, info);
    return out.toBytes();
  }

  public static ExecutorInfo decodeExecutor(Bytes bytes) {
    var in = new RecordReader(bytes);
    in.version("executor", VERSION);
    var info =
        new ExecutorInfo(
            new ExecutorId(in.text()),
            new Incarnation(in.text()),
            in.text(),
            in.integer(),
            in.integer(),
            in.text(),
            in.flag());
    in.end();
    return info;
  }

  /** For comparing, hashing and measuring changes; the store keeps their parts. */
  public static Bytes encode(Change change) {
    var out = new RecordWriter().number(VERSION);
    switch (change) {
      case Change.JobCreated(var job, long epoch, var request) ->
          writeRequest(out.number(1).text(job.value()).number(epoch), request);
      case Change.PlanChunkWritten(var job, int index, var chunk) ->
          out.number(2).text(job.value()).number(index).bytes(chunk);
      case Change.PlanWritten(var job, var plan) ->
          out.number(3).text(job.value()).bytes(encodePlan(plan));
      case Change.JobClaimed(var job, long epoch) -> out.number(4).text(job.value()).number(epoch);
      case Change.Transitions(var job, long epoch, long sequence, var transitions, var atMs) ->
          out.number(5)
              .text(job.value())
              .number(epoch)
              .number(sequence)
              .list(transitions, (o, transition) -> transition.write(o))
              .list(atMs, (o, time) -> o.number(time));
      case Change.SnapshotWritten(var job, long epoch, long sequence, int chunks) ->
          out.number(6).text(job.value()).number(epoch).number(sequence).number(chunks);
      case Change.JobEnded(var job, long epoch, var record, long planned, int tasks, int done) -> {
        out.number(7).text(job.value()).number(epoch).number(planned).number(tasks).number(done);
        writeTerminalRecord(out, record);
      }
      case Change.JobForgotten(var job) -> out.number(8).text(job.value());
      case Change.ExecutorWritten(var info) -> writeExecutor(out.number(9), info);
      case Change.ExecutorDeleted(var executor) -> out.number(10).text(executor.value());
      case Change.SnapshotChunkWritten(var job, long sequence, int index, var chunk) ->
          out.number(11).text(job.value()).number(sequence).number(index).bytes(chunk);
      case Change.LogTrimmed(var job, long first, long last) ->
          out.number(12).text(job.value()).number(first).number(last);
      case Change.SnapshotDropped(var job, long sequence, int first, int last) ->
          out.number(13).text(job.value()).number(sequence).number(first).number(last);
    }
    return out.toBytes();
  }

  private static void writeRequest(RecordWriter out, JobRequest request) {
    out.text(request.sql())
        .list(
            request.settings().entrySet(),
            (o, setting) -> o.text(setting.getKey()).text(setting.getValue()))
        .text(request.workingDirectory())
        .text(request.session())
        .text(request.principal())
        .text(request.fingerprint())
        .number(request.submittedAtMs())
        .text(request.idempotencyKey())
        .number(request.timeoutMs());
  }

  private static void writeTerminalRecord(RecordWriter out, TerminalRecord record) {
    switch (record) {
      case TerminalRecord.Finished(var result, long endedAtMs) ->
          out.number(1).list(result, RecordCodec::writeResultPart).number(endedAtMs);
      case TerminalRecord.Failed(var message, boolean retryable, long endedAtMs) ->
          out.number(2).text(message).flag(retryable).number(endedAtMs);
      case TerminalRecord.Cancelled(var reason, long endedAtMs) ->
          out.number(3).text(reason).number(endedAtMs);
    }
  }

  private static void writeResultPart(RecordWriter out, TerminalRecord.ResultPart part) {
    part.attempt().write(out);
    part.output().write(out.text(part.executor().value()));
  }

  private static TerminalRecord.ResultPart readResultPart(RecordReader in) {
    return new TerminalRecord.ResultPart(
        TaskAttemptId.read(in), new ExecutorId(in.text()), TaskOutput.read(in));
  }

  private static void writeExecutor(RecordWriter out, ExecutorInfo info) {
    out.text(info.id().value())
        .text(info.incarnation().value())
        .text(info.host())
        .number(info.port())
        .number(info.slots())
        .text(info.fingerprint())
        .flag(info.pull());
  }
}
