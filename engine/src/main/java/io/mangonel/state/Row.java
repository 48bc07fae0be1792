package io.mangonel.state;

import io.mangonel.core.Bytes;

/**
 * What a table keeps at an address.
 *
 * @param leaseId the lease it goes with, or {@link #NO_LEASE}
 */
record Row(Bytes value, long createRevision, long modifyRevision, long leaseId) {
  static final long NO_LEASE = 0;

  StateBackend.Entry toEntry(String key) {
    return new StateBackend.Entry(key, value, createRevision, modifyRevision);
  }
}
