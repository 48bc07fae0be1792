package io.mangonel.scheduler.store;

import io.mangonel.core.Bytes;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.LogEntry;
import io.mangonel.core.record.RecordCodec;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend.Operation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Maps the core's changes to store operations. Remembers which jobs have a plan, because that
 * decides where their header is; so it maps each change exactly once, in order.
 */
final class ChangeEncoder {
  private final Incarnation self;
  private final Set<JobId> planned = ConcurrentHashMap.newKeySet();

  ChangeEncoder(Incarnation self) {
    this.self = self;
  }

  /** A job of the store whose header is with the active jobs. */
  void loadPlanned(JobId job) {
    planned.add(job);
  }

  /** It was not created after all. */
  void forget(JobId job) {
    planned.remove(job);
  }

  /** One operation per key: of several changes of a key the last one counts. */
  List<Operation> encode(List<Change> changes) {
    var operations = new OperationList();
    for (Change change : changes) {
      encode(change, operations);
    }
    return operations.toList();
  }

  private void encode(Change change, OperationList to) {
    switch (change) {
      case Change.JobCreated created -> create(created, to);
      case Change.PlanChunkWritten(JobId job, int index, Bytes chunk) ->
          to.put(Keyspace.ACTIVE_JOBS, Keys.planChunk(job, index), chunk);
      case Change.PlanWritten written -> {
        planned.add(written.job());
        to.delete(Keyspace.QUEUED_JOBS, Keys.header(written.job()));
        to.put(Keyspace.ACTIVE_JOBS, Keys.header(written.job()), header(written.plan().epoch()));
        to.put(
            Keyspace.ACTIVE_JOBS,
            Keys.stages(written.job()),
            RecordCodec.encodePlan(written.plan()));
      }
      case Change.JobClaimed(JobId job, long epoch) ->
          to.put(
              planned.contains(job) ? Keyspace.ACTIVE_JOBS : Keyspace.QUEUED_JOBS,
              Keys.header(job),
              header(epoch));
      case Change.Transitions entry ->
          to.put(
              Keyspace.ACTIVE_JOBS,
              Keys.log(entry.job(), entry.sequence()),
              RecordCodec.encodeLogEntry(
                  new LogEntry(self.value(), entry.epoch(), entry.transitions(), entry.atMs())));
      case Change.SnapshotChunkWritten(JobId job, long sequence, int index, Bytes chunk) ->
          to.put(Keyspace.ACTIVE_JOBS, Keys.snapshotChunk(job, sequence, index), chunk);
      case Change.SnapshotWritten(JobId job, long _, long sequence, int chunks) ->
          to.put(
              Keyspace.ACTIVE_JOBS,
              Keys.snapshot(job),
              new SnapshotRecord(sequence, chunks, null).encode());
      case Change.LogTrimmed(JobId job, long first, long last) -> {
        for (long entry = first; entry <= last; entry++) {
          to.delete(Keyspace.ACTIVE_JOBS, Keys.log(job, entry));
        }
      }
      case Change.SnapshotDropped(JobId job, long sequence, int first, int last) -> {
        for (int index = first; index <= last; index++) {
          to.delete(Keyspace.ACTIVE_JOBS, Keys.snapshotChunk(job, sequence, index));
        }
      }
      case Change.JobEnded ended -> {
        JobId job = ended.job();
        planned.remove(job);
        to.delete(Keyspace.QUEUED_JOBS, Keys.header(job));
        to.delete(Keyspace.ACTIVE_JOBS, Keys.header(job));
        to.put(endOf(ended.record()), job.value(), EndedJob.of(self, ended).encode());
      }
      // The record stays as history; StoreSweep deletes what is behind it, and old history.
      case Change.JobForgotten(JobId job) -> to.delete(Keyspace.CANCELS, job.value());
      case Change.ExecutorWritten(var info) ->
          to.put(Keyspace.EXECUTORS, info.id().value(), RecordCodec.encodeExecutor(info));
      case Change.ExecutorDeleted(var executor) -> to.delete(Keyspace.EXECUTORS, executor.value());
    }
  }

  private void create(Change.JobCreated created, OperationList to) {
    JobId job = created.job();
    var request = created.request();
    to.put(Keyspace.QUEUED_JOBS, Keys.header(job), header(created.epoch()));
    to.put(Keyspace.QUEUED_JOBS, Keys.request(job), RecordCodec.encodeRequest(request));
    if (!request.idempotencyKey().isEmpty()) {
      to.put(
          Keyspace.SUBMITS,
          Keys.submit(request.principal(), request.idempotencyKey()),
          SubmitRecord.of(job, request).encode());
    }
  }

  private Bytes header(long epoch) {
    return new JobHeader(self, epoch).encode();
  }

  static Keyspace endOf(TerminalRecord record) {
    return switch (record) {
      case TerminalRecord.Finished _ -> Keyspace.COMPLETED_JOBS;
      case TerminalRecord.Failed _, TerminalRecord.Cancelled _ -> Keyspace.FAILED_JOBS;
    };
  }

  /** A transaction may touch a key once only. */
  private static final class OperationList {
    private record Address(Keyspace keyspace, String key) {}

    private final Map<Address, Operation> byAddress = new LinkedHashMap<>();

    void put(Keyspace keyspace, String key, Bytes value) {
      byAddress.put(new Address(keyspace, key), new Operation.Put(keyspace, key, value));
    }

    void delete(Keyspace keyspace, String key) {
      byAddress.put(new Address(keyspace, key), new Operation.Delete(keyspace, key));
    }

    List<Operation> toList() {
      return List.copyOf(byAddress.values());
    }
  }
}
