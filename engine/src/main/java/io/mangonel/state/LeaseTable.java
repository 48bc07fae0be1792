package io.mangonel.state;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The leases that are alive, their deadlines, and the addresses that go with each. */
final class LeaseTable {
  private final LongSupplier clockMs;
  private final Map<Long, Held> leases = new TreeMap<>();

  LeaseTable(LongSupplier clockMs) {
    this.clockMs = clockMs;
  }

  /** A lease begins its whole time now, also one that an earlier process left behind. */
  synchronized void begin(LeaseRow lease) {
    leases.put(lease.id(), new Held(lease.ttlMs(), deadlineOf(lease.ttlMs()), lease.addresses()));
  }

  synchronized boolean keepAlive(long id) {
    Held held = leases.get(id);
    if (held == null || held.deadlineMs() <= clockMs.getAsLong()) {
      return false;
    }
    leases.put(id, new Held(held.ttlMs(), deadlineOf(held.ttlMs()), held.addresses()));
    return true;
  }

  synchronized boolean isAlive(long id) {
    return leases.containsKey(id);
  }

  /** Those whose time is over, still with their addresses. */
  synchronized List<Long> due() {
    long nowMs = clockMs.getAsLong();
    List<Long> due = new ArrayList<>();
    leases.forEach(
        (id, held) -> {
          if (held.deadlineMs() <= nowMs) {
            due.add(id);
          }
        });
    return due;
  }

  /** Null when there is no such lease. */
  synchronized @Nullable LeaseRow row(long id) {
    Held held = leases.get(id);
    return held == null ? null : new LeaseRow(id, held.ttlMs(), held.addresses());
  }

  synchronized void replace(LeaseRow lease) {
    leases.computeIfPresent(
        lease.id(), (_, held) -> new Held(held.ttlMs(), held.deadlineMs(), lease.addresses()));
  }

  synchronized void end(long id) {
    leases.remove(id);
  }

  private long deadlineOf(long ttlMs) {
    return clockMs.getAsLong() + ttlMs;
  }

  static LeaseRow with(LeaseRow lease, Address address) {
    Set<Address> addresses = new LinkedHashSet<>(lease.addresses());
    addresses.add(address);
    return new LeaseRow(lease.id(), lease.ttlMs(), addresses);
  }

  static LeaseRow without(LeaseRow lease, Address address) {
    Set<Address> addresses = new LinkedHashSet<>(lease.addresses());
    addresses.remove(address);
    return new LeaseRow(lease.id(), lease.ttlMs(), addresses);
  }

  private record Held(long ttlMs, long deadlineMs, Set<Address> addresses) {}
}
