package io.mangonel.state.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.maintenance.AlarmMember;
import io.etcd.jetcd.maintenance.AlarmType;
import io.etcd.jetcd.options.CompactOption;
import io.mangonel.state.StateBackend.Space;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The space of etcd (rule D10). A quota bounds the file of each member, and a file does not shrink:
 * compaction only lets its pages be used again. At the quota etcd raises the alarm NOSPACE, and
 * refuses puts and leases until somebody has made space and taken the alarm back.
 */
final class EtcdSpace implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdSpace.class);
  private static final ByteSequence ANY_KEY = ByteSequence.from("0", StandardCharsets.UTF_8);
  private static final int PERCENT = 100;

  private final EtcdAccess access;
  private final EtcdConnection connection;
  private final EtcdMetrics metrics;
  private long forcedAtNs;

  EtcdSpace(EtcdAccess access, EtcdConnection connection) {
    this.access = access;
    this.connection = connection;
    this.metrics = new EtcdMetrics(access);
  }

  /** Of the fullest member; empty when none says. */
  Optional<Space> measure() {
    List<EtcdMetrics.Member> members = metrics.members();
    return members.isEmpty() ? Optional.empty() : Optional.of(space(members, !alarms().isEmpty()));
  }

  private static Space space(List<EtcdMetrics.Member> members, boolean takesNothing) {
    return new Space(
        members.stream().mapToLong(EtcdMetrics.Member::usedBytes).max().orElse(0),
        members.stream().mapToLong(EtcdMetrics.Member::fileBytes).max().orElse(0),
        members.stream().mapToLong(EtcdMetrics.Member::quotaBytes).min().orElse(0),
        takesNothing);
  }

  private List<AlarmMember> alarms() {
    try {
      return EtcdCalls.await(
              connection.client().getMaintenanceClient().listAlarms(), EtcdLimits.ANSWER_MS)
          .getAlarms()
          .stream()
          .filter(alarm -> alarm.getAlarmType() == AlarmType.NOSPACE)
          .toList();
    } catch (EtcdCalls.FailedCall e) {
      connection.failed(e);
      LOG.debug("alarms are not known now: {}", e.description());
      return List.of();
    }
  }

  /** Forgets all old revisions, shrinks files where that is worth it, and takes alarms back. */
  synchronized void reclaim() {
    compactAll();
    List<AlarmMember> alarms = alarms();
    if (alarms.isEmpty()) {
      defragment();
      return;
    }
    // What compaction has freed counts as in use until somebody writes, and now nobody can.
    long nowNs = System.nanoTime();
    if (forcedAtNs == 0 || nowNs - forcedAtNs >= EtcdLimits.DEFRAGMENT_PAUSE_NS) {
      forcedAtNs = nowNs;
      followersFirst().forEach(this::defragment);
    }
    disarm(alarms);
  }

  private void compactAll() {
    try {
      long revision =
          EtcdCalls.await(connection.client().getKVClient().get(ANY_KEY), EtcdLimits.ANSWER_MS)
              .getHeader()
              .getRevision();
      // Waits until the pages are free: what is measured next counts them so.
      CompactOption physical = CompactOption.builder().withCompactPhysical(true).build();
      EtcdCalls.await(
          connection.client().getKVClient().compact(revision, physical), EtcdLimits.MAINTENANCE_MS);
    } catch (EtcdCalls.FailedCall e) {
      connection.failed(e);
      if (!e.compacted()) {
        LOG.warn("etcd at {} is not compacted: {}: {}", access, e.code(), e.description());
      }
    }
  }

  /**
   * One member at a time, for each answers nobody meanwhile; the leader last. Only files that are
   * large and half empty: the pause has to be worth it.
   */
  void defragment() {
    followersFirst().stream().filter(EtcdSpace::isWorthIt).forEach(this::defragment);
  }

  private List<EtcdMetrics.Member> followersFirst() {
    return metrics.members().stream()
        .sorted(Comparator.comparing(EtcdMetrics.Member::leader))
        .toList();
  }

  private static boolean isWorthIt(EtcdMetrics.Member member) {
    long used = member.usedBytes() * PERCENT;
    return member.fileBytes() * PERCENT >= member.quotaBytes() * EtcdLimits.DEFRAGMENT_PERCENT
        && used <= member.fileBytes() * EtcdLimits.DEFRAGMENT_USED_PERCENT_MAX;
  }

  private void defragment(EtcdMetrics.Member member) {
    long startNs = System.nanoTime();
    // A client of its own: the call goes to this member, and to no other.
    try (Client client = EtcdCalls.connect(access.only(member.endpoint()))) {
      EtcdCalls.await(
          client.getMaintenanceClient().defragmentMember(member.endpoint().toString()),
          EtcdLimits.MAINTENANCE_MS);
      LOG.info(
          "etcd at {}: its file of {} bytes held {} and was written anew in {} ms",
          member.endpoint(),
          member.fileBytes(),
          member.usedBytes(),
          (System.nanoTime() - startNs) / 1_000_000);
    } catch (EtcdCalls.FailedCall e) {
      LOG.warn(
          "etcd at {} is not defragmented: {}: {}", member.endpoint(), e.code(), e.description());
    }
  }

  private void disarm(List<AlarmMember> alarms) {
    List<EtcdMetrics.Member> members = metrics.members();
    Space space = space(members, true);
    if (members.isEmpty()
        || space.fileBytes() * PERCENT >= space.quotaBytes() * EtcdLimits.DISARM_PERCENT_MAX) {
      LOG.error(
          "etcd at {} is full and refuses writes: {} of {} bytes, of which {} are needed. Raise"
              + " --quota-backend-bytes, or wait until jobs have ended",
          access,
          space.fileBytes(),
          space.quotaBytes(),
          space.usedBytes());
      return;
    }
    for (AlarmMember alarm : alarms) {
      try {
        EtcdCalls.await(
            connection.client().getMaintenanceClient().alarmDisarm(alarm), EtcdLimits.ANSWER_MS);
        LOG.info("etcd at {} has space again and takes writes", access);
      } catch (EtcdCalls.FailedCall e) {
        connection.failed(e);
        LOG.warn("the alarm NOSPACE of etcd is not taken back: {}", e.description());
      }
    }
  }

  @Override
  public void close() {
    metrics.close();
  }
}
