package io.mangonel.state.etcd;

import io.grpc.Status;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A lease of etcd. It is renewed by whoever holds it, and only then. */
final class EtcdLease implements StateBackend.Lease {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdLease.class);

  private final EtcdAccess access;
  private final EtcdConnection connection;
  private final long id;

  EtcdLease(EtcdAccess access, EtcdConnection connection, long id) {
    this.access = access;
    this.connection = connection;
    this.id = id;
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public boolean keepAlive() {
    try {
      return EtcdCalls.await(
                  connection.client().getLeaseClient().keepAliveOnce(id), EtcdLimits.KEEP_ALIVE_MS)
              .getTTL()
          > 0;
    } catch (EtcdCalls.FailedCall e) {
      if (e.code() == Status.Code.NOT_FOUND) {
        return false;
      }
      connection.failed(e);
      throw new StateException(
          "etcd at " + access + " renews no lease: " + e.code() + ": " + e.description(), e);
    }
  }

  @Override
  public void revoke() {
    try {
      EtcdCalls.ask(() -> connection.client().getLeaseClient().revoke(id), EtcdLimits.ANSWER_MS);
    } catch (EtcdCalls.FailedCall e) {
      if (e.code() != Status.Code.NOT_FOUND) {
        LOG.warn(
            "lease {} is not revoked and ends by itself: {}: {}", id, e.code(), e.description());
      }
    }
  }
}
