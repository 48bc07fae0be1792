package io.mangonel.wire.executor;

import io.grpc.CallOptions;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.wire.Calls;
import io.mangonel.wire.Channels;
import io.mangonel.wire.GraphConverter;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Limits;
import io.mangonel.wire.Reply;
import io.mangonel.wire.Sightings;
import io.mangonel.wire.executor.ExecutorMessages.FileRequest;
import io.mangonel.wire.executor.ExecutorMessages.JobAdoption;
import io.mangonel.wire.executor.ExecutorMessages.JobInventory;
import io.mangonel.wire.executor.ExecutorMessages.JobRemoval;
import io.mangonel.wire.executor.ExecutorMessages.LaunchBatch;
import io.mangonel.wire.executor.ExecutorMessages.ShuffleDescription;
import io.mangonel.wire.executor.ExecutorMessages.SlotAnswer;
import io.mangonel.wire.executor.ExecutorMessages.SlotRequest;
import io.mangonel.wire.executor.ExecutorMessages.TaskCancel;
import io.mangonel.wire.proto.AcknowledgeStatusesRequest;
import io.mangonel.wire.proto.AnnounceSchedulersRequest;
import io.mangonel.wire.proto.CancelReservationsRequest;
import io.mangonel.wire.proto.DescribeShuffleRequest;
import io.mangonel.wire.proto.DescribeShuffleResponse;
import io.mangonel.wire.proto.ExecutorServiceGrpc;
import io.mangonel.wire.proto.ExecutorServiceGrpc.ExecutorServiceBlockingStub;
import io.mangonel.wire.proto.FetchPartitionRequest;
import io.mangonel.wire.proto.FetchPartitionResponse;
import io.mangonel.wire.proto.Received;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls executors. Each method blocks up to its deadline, so call it on a virtual thread. */
public final class ExecutorClient {
  private final Channels channels;

  public ExecutorClient(Channels channels) {
    this.channels = channels;
  }

  public Reply<SlotAnswer> reserveSlots(HostPort peer, SlotRequest request) {
    return Calls.ask(
        peer,
        () ->
            ExecutorConverter.read(
                stub(peer, Limits.CONTROL_DEADLINE_MS)
                    .reserveSlots(ExecutorConverter.write(request))));
  }

  public Reply<List<TaskLaunch.Answer>> launchTasks(HostPort peer, LaunchBatch batch) {
    return Calls.ask(
        peer,
        () ->
            ExecutorConverter.readAnswers(
                stub(peer, Limits.LAUNCH_DEADLINE_MS).launchTasks(ExecutorConverter.write(batch))));
  }

  public Reply<Received> cancelReservations(
      HostPort peer, Incarnation scheduler, List<String> reservations) {
    return Calls.ask(
        peer,
        () ->
            stub(peer, Limits.CONTROL_DEADLINE_MS)
                .cancelReservations(
                    CancelReservationsRequest.newBuilder()
                        .setScheduler(scheduler.value())
                        .addAllReservations(reservations)
                        .build()));
  }

  public Reply<Received> cancelTasks(HostPort peer, TaskCancel cancel) {
    return Calls.ask(
        peer,
        () -> stub(peer, Limits.CONTROL_DEADLINE_MS).cancelTasks(ExecutorConverter.write(cancel)));
  }

  public Reply<JobInventory> adoptJobs(HostPort peer, JobAdoption adoption) {
    return Calls.ask(
        peer,
        () ->
            ExecutorConverter.read(
                stub(peer, Limits.CONTROL_DEADLINE_MS)
                    .adoptJobs(ExecutorConverter.write(adoption))));
  }

  public Reply<Received> removeJobData(HostPort peer, JobRemoval removal) {
    return Calls.ask(
        peer,
        () ->
            stub(peer, Limits.CONTROL_DEADLINE_MS).removeJobData(ExecutorConverter.write(removal)));
  }

  public Reply<Received> acknowledgeStatuses(
      HostPort peer, Incarnation target, List<TaskAttemptId> attempts) {
    return Calls.ask(
        peer,
        () ->
            stub(peer, Limits.CONTROL_DEADLINE_MS)
                .acknowledgeStatuses(
                    AcknowledgeStatusesRequest.newBuilder()
                        .setTarget(target.value())
                        .addAllAttempts(GraphConverter.writeIds(attempts))
                        .build()));
  }

  /** Tells an executor where schedulers are. */
  public Reply<Received> announceSchedulers(HostPort peer, List<HostPort> schedulers) {
    return Calls.ask(
        peer,
        () ->
            stub(peer, Limits.CONTROL_DEADLINE_MS)
                .announceSchedulers(
                    AnnounceSchedulersRequest.newBuilder()
                        .addAllSchedulers(GraphConverter.writeAddresses(schedulers))
                        .build()));
  }

  /** What the executor there sees of a scheduler. */
  public Reply<Sighting> witness(HostPort peer, Incarnation scheduler, HostPort address) {
    return Calls.ask(
        peer,
        () ->
            Sightings.read(
                stub(peer, Limits.WITNESS_DEADLINE_MS)
                    .witnessScheduler(Sightings.request(scheduler, address))));
  }

  public Reply<ShuffleDescription> describeShuffle(HostPort peer) {
    return Calls.ask(
        peer,
        () -> {
          DescribeShuffleResponse response =
              stub(peer, Limits.CONTROL_DEADLINE_MS)
                  .describeShuffle(DescribeShuffleRequest.getDefaultInstance());
          return new ShuffleDescription(response.getDirectory(), response.getToken());
        });
  }

  /**
   * Copies a file of the peer to {@code target}, from its offset on.
   *
   * @return the number of bytes copied; a file cut short is never {@code Answered}, and {@code
   *     Rejected} means that another executor is there
   * @throws IOException when {@code target} cannot be written
   */
  public Reply<Long> fetchPartition(HostPort peer, FileRequest file, OutputStream target)
      throws IOException {
    FetchPartitionRequest.Builder request =
        FetchPartitionRequest.newBuilder()
            .setPath(file.path())
            .setExecutor(file.holder().value())
            .setOffset(file.offset());
    if (file.checksum() != OutputFile.NO_CHECKSUM) {
      request.setChecksum(file.checksum());
    }
    BlockingClientCall<FetchPartitionRequest, FetchPartitionResponse> call =
        ClientCalls.blockingV2ServerStreamingCall(
            channels.to(peer),
            ExecutorServiceGrpc.getFetchPartitionMethod(),
            CallOptions.DEFAULT.withDeadlineAfter(Limits.FETCH_DEADLINE_MS, TimeUnit.MILLISECONDS),
            request.build());
    try {
      return copy(peer, file, call, target);
    } catch (StatusException ended) {
      return Reply.of(peer, ended);
    } catch (TimeoutException stalled) {
      return new Reply.TimedOut<>(peer + " stopped sending " + file.path());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return new Reply.Unreachable<>(peer + ": the fetch was interrupted");
    } finally {
      call.cancel("no longer read", null);
    }
  }

  private static Reply<Long> copy(
      HostPort peer,
      FileRequest file,
      BlockingClientCall<FetchPartitionRequest, FetchPartitionResponse> call,
      OutputStream target)
      throws IOException, StatusException, TimeoutException, InterruptedException {
    long totalBytes = -1;
    long bytes = 0;
    FetchPartitionResponse chunk = call.read(Limits.FETCH_STALL_MS, TimeUnit.MILLISECONDS);
    while (chunk != null) {
      if (totalBytes < 0) {
        totalBytes = chunk.getTotalBytes();
      }
      chunk.getChunk().writeTo(target);
      bytes += chunk.getChunk().size();
      chunk = call.read(Limits.FETCH_STALL_MS, TimeUnit.MILLISECONDS);
    }
    if (file.offset() + bytes != totalBytes) {
      long had = file.offset() + bytes;
      return new Reply.Broken<>(peer + " sent " + had + " of " + totalBytes + " bytes");
    }
    return new Reply.Answered<>(bytes);
  }

  private ExecutorServiceBlockingStub stub(HostPort peer, long deadlineMs) {
    return ExecutorServiceGrpc.newBlockingStub(channels.to(peer))
        .withDeadlineAfter(deadlineMs, TimeUnit.MILLISECONDS);
  }
}
