package io.mangonel.wire.peer;

import io.mangonel.core.task.JobId;
import io.mangonel.wire.Calls;
import io.mangonel.wire.Channels;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Limits;
import io.mangonel.wire.Reply;
import io.mangonel.wire.peer.PeerEndpoint.JobProgress;
import io.mangonel.wire.peer.PeerEndpoint.Reattached;
import io.mangonel.wire.peer.PeerEndpoint.Resent;
import io.mangonel.wire.proto.AwaitJobRequest;
import io.mangonel.wire.proto.MoveOnRequest;
import io.mangonel.wire.proto.PeerServiceGrpc;
import io.mangonel.wire.proto.PeerServiceGrpc.PeerServiceBlockingStub;
import io.mangonel.wire.proto.ReadResultRequest;
import io.mangonel.wire.proto.ReattachRequest;
import io.mangonel.wire.proto.ReattachResponse;
import io.mangonel.wire.proto.Received;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks other schedulers. Each method blocks up to its deadline: call it on a virtual thread. */
public final class PeerClient {
  private final Channels channels;

  public PeerClient(Channels channels) {
    this.channels = channels;
  }

  public Reply<JobProgress> awaitJob(HostPort peer, JobId job, long timeoutMs) {
    var request = AwaitJobRequest.newBuilder().setJob(job.value()).setTimeoutMs(timeoutMs).build();
    return Calls.ask(
        peer,
        () ->
            switch (stub(peer, timeoutMs + Limits.CONTROL_DEADLINE_MS)
                .awaitJob(request)
                .getState()) {
              case NOT_OWNED -> JobProgress.NOT_OWNED;
              case RUNNING -> JobProgress.RUNNING;
              case ENDED -> JobProgress.ENDED;
              case UNRECOGNIZED -> throw new IllegalArgumentException("state is unknown");
            });
  }

  public Reply<Received> readResult(HostPort peer, JobId job) {
    var request = ReadResultRequest.newBuilder().setJob(job.value()).build();
    return Calls.ask(peer, () -> stub(peer, Limits.CONTROL_DEADLINE_MS).readResult(request));
  }

  public Reply<Reattached> reattach(HostPort peer, Resent resent) {
    var request =
        ReattachRequest.newBuilder()
            .setPrincipal(resent.principal())
            .setSession(resent.session())
            .setHash(resent.hash())
            .build();
    return Calls.ask(
        peer,
        () -> {
          ReattachResponse answer = stub(peer, Limits.CONTROL_DEADLINE_MS).reattach(request);
          return new Reattached(
              Optional.of(answer.getJob()).filter(job -> !job.isEmpty()).map(JobId::new),
              answer.getMore());
        });
  }

  public Reply<Received> moveOn(HostPort peer, String principal, String session) {
    var request = MoveOnRequest.newBuilder().setPrincipal(principal).setSession(session).build();
    return Calls.ask(peer, () -> stub(peer, Limits.CONTROL_DEADLINE_MS).moveOn(request));
  }

  private PeerServiceBlockingStub stub(HostPort peer, long deadlineMs) {
    return PeerServiceGrpc.newBlockingStub(channels.to(peer))
        .withDeadlineAfter(deadlineMs, TimeUnit.MILLISECONDS);
  }
}
