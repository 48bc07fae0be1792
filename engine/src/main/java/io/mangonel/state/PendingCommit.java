package io.mangonel.state;

import io.mangonel.core.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The writes of one commit, as they follow from the present table, and what watches hear of it. */
final class PendingCommit {
  private final Table table;
  private final LeaseTable leases;
  private final long revision;
  private final List<Table.Write> writes = new ArrayList<>();
  private final Map<Long, LeaseRow> changedLeases = new LinkedHashMap<>();
  private final Map<Address, StateBackend.Change> changes = new LinkedHashMap<>();

  PendingCommit(Table table, LeaseTable leases) {
    this.table = table;
    this.leases = leases;
    this.revision = table.revision() + 1;
  }

  long revision() {
    return revision;
  }

  boolean isEmpty() {
    return writes.isEmpty() && changedLeases.isEmpty();
  }

  List<Table.Write> writes() {
    List<Table.Write> all = new ArrayList<>(writes);
    changedLeases.values().forEach(lease -> all.add(new Table.Write.PutLease(lease)));
    return all;
  }

  Map<Long, LeaseRow> changedLeases() {
    return changedLeases;
  }

  Map<Address, StateBackend.Change> changes() {
    return changes;
  }

  void add(StateBackend.Operation operation) {
    Address address = Address.of(operation);
    switch (operation) {
      case StateBackend.Operation.Put put -> put(address, put.value(), Row.NO_LEASE);
      case StateBackend.Operation.PutLeased put -> put(address, put.value(), put.leaseId());
      case StateBackend.Operation.Delete _ -> delete(address);
    }
  }

  void putLease(LeaseRow lease) {
    writes.add(new Table.Write.PutLease(lease));
  }

  /** Deletes the lease and every key that goes with it. */
  void endLease(LeaseRow lease) {
    lease.addresses().forEach(this::delete);
    changedLeases.remove(lease.id());
    writes.add(new Table.Write.DeleteLease(lease.id()));
  }

  private void put(Address address, Bytes value, long leaseId) {
    Row old = table.get(address);
    long createRevision = old == null ? revision : old.createRevision();
    long oldLease = old == null ? Row.NO_LEASE : old.leaseId();
    if (oldLease != leaseId) {
      detach(address, oldLease);
      attach(address, leaseId);
    }
    Row row = new Row(value, createRevision, revision, leaseId);
    writes.add(new Table.Write.PutRow(address, row));
    changes.put(address, new StateBackend.Change.Put(row.toEntry(address.key())));
  }

  private void delete(Address address) {
    Row old = table.get(address);
    if (old == null) {
      return;
    }
    detach(address, old.leaseId());
    writes.add(new Table.Write.DeleteRow(address));
    changes.put(address, new StateBackend.Change.Deleted(address.key()));
  }

  private void attach(Address address, long leaseId) {
    LeaseRow lease = lease(leaseId);
    if (lease != null) {
      changedLeases.put(leaseId, LeaseTable.with(lease, address));
    }
  }

  private void detach(Address address, long leaseId) {
    LeaseRow lease = lease(leaseId);
    if (lease != null) {
      changedLeases.put(leaseId, LeaseTable.without(lease, address));
    }
  }

  private @org.jspecify.annotations.Nullable LeaseRow lease(long leaseId) {
    LeaseRow changed = changedLeases.get(leaseId);
    return changed != null ? changed : leases.row(leaseId);
  }
}
