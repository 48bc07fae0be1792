package io.mangonel.state;

import java.util.Set;

/** What a table keeps of a lease: enough to go on with it after a restart. */
record LeaseRow(long id, long ttlMs, Set<Address> addresses) {
  LeaseRow {
    addresses = Set.copyOf(addresses);
  }
}
