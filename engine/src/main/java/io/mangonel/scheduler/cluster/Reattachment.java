package io.mangonel.scheduler.cluster;

import io.mangonel.core.record.JobRequest;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.loop.Clock;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.wire.Reply;
import io.mangonel.wire.peer.PeerClient;
import io.mangonel.wire.peer.PeerEndpoint.Reattached;
import io.mangonel.wire.peer.PeerEndpoint.Resent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the job of a statement that a session sends again because its scheduler died. Most
 * statements are asked about nowhere: a session that has sent one here, and had nothing to find, is
 * not looked up again until a scheduler goes. Thread-safe.
 */
public final class Reattachment {
  private static final Logger LOG = LoggerFactory.getLogger(Reattachment.class);

  private record Session(String principal, String id) {}

  private final Incarnation self;
  private final Members members;
  private final StoredState stored;
  private final LostClients lost;
  private final PeerClient client;
  private final Clock clock;

  /** Sessions with nothing to find, with how many schedulers had gone by then. */
  private final Map<Session, Long> settled = bounded();

  private final Map<JobId, Resent> requests = bounded();

  public Reattachment(
      Incarnation self,
      Members members,
      StoredState stored,
      LostClients lost,
      PeerClient client,
      Clock clock) {
    this.self = self;
    this.members = members;
    this.stored = stored;
    this.lost = lost;
    this.client = client;
    this.clock = clock;
  }

  private static <K, V> Map<K, V> bounded() {
    return Collections.synchronizedMap(
        new LinkedHashMap<K, V>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > ShellLimits.LOST_CLIENTS_MAX;
          }
        });
  }

  /**
   * The job that the statement started when it was sent before. While its owner may be dead, and
   * nobody has taken it over, this waits for a bounded time.
   */
  public Optional<JobId> find(JobRequest request) {
    if (request.session().isEmpty() || !request.idempotencyKey().isEmpty()) {
      return Optional.empty();
    }
    var session = new Session(request.principal(), request.session());
    long gone = members.gone();
    Long settledAt = settled.get(session);
    if (settledAt != null && settledAt == gone) {
      return Optional.empty();
    }
    Resent resent = LostClients.resent(request);
    long deadlineMs = clock.nowMs() + ShellLimits.REATTACH_WAIT_MS;
    for (int inVain = 0; inVain < ShellLimits.REATTACH_SEARCHES_MAX; inVain++) {
      Search search = search(resent);
      if (search.job.isPresent()) {
        LOG.info("job {} is its client's again: the statement was sent again", search.job.get());
        return search.job;
      }
      boolean unsure = !search.silent.isEmpty() || members.isOneJustGone();
      Set<Incarnation> owners = unsure ? owners(resent) : Set.of();
      if (owners.isEmpty()) {
        if (!unsure && !search.more) {
          settled.put(session, gone);
        }
        return Optional.empty();
      }
      if (owners.stream().anyMatch(owner -> isAway(owner, search.silent))) {
        inVain = 0; // Somebody takes the job over, and gives it away then.
      }
      if (clock.nowMs() > deadlineMs || Thread.currentThread().isInterrupted()) {
        return Optional.empty();
      }
      LockSupport.parkNanos(ShellLimits.REATTACH_EVERY_MS * 1_000_000);
    }
    return Optional.empty();
  }

  /**
   * @param more whether the session has others somewhere
   * @param silent schedulers that did not answer: they may be dead, and a job still theirs
   */
  private record Search(Optional<JobId> job, boolean more, List<Incarnation> silent) {}

  private Search search(Resent resent) {
    Reattached here = lost.reattach(resent);
    boolean more = here.more();
    List<Incarnation> silent = new ArrayList<>();
    if (here.job().isPresent()) {
      return new Search(here.job(), more, silent);
    }
    for (Members.Other other : members.others(self)) {
      if (client.reattach(other.address(), resent)
          instanceof Reply.Answered<Reattached>(var found)) {
        more |= found.more();
        if (found.job().isPresent()) {
          return new Search(found.job(), more, silent);
        }
      } else {
        silent.add(other.incarnation());
      }
    }
    return new Search(Optional.empty(), more, silent);
  }

  /** Who has jobs of this statement that have not ended. */
  private Set<Incarnation> owners(Resent resent) {
    return stored.headers().stream()
        .filter(header -> resent.equals(request(header.job())))
        .map(StoredState.Header::owner)
        .collect(Collectors.toSet());
  }

  private boolean isAway(Incarnation owner, List<Incarnation> silent) {
    return silent.contains(owner) || !(owner.equals(self) || members.isPresent(owner));
  }

  private Resent request(JobId job) {
    return requests.computeIfAbsent(
        job,
        _ ->
            stored
                .request(job)
                .filter(request -> request.idempotencyKey().isEmpty())
                .map(LostClients::resent)
                .orElse(new Resent("", "", "")));
  }

  /** The session changes something: what it sends from now on is new, on every scheduler. */
  public void moveOn(JobRequest request) {
    var session = new Session(request.principal(), request.session());
    if (request.session().isEmpty() || settled.containsKey(session)) {
      return;
    }
    lost.moveOn(session.principal, session.id);
    for (Members.Other other : members.others(self)) {
      var _ = client.moveOn(other.address(), session.principal, session.id);
    }
  }
}
