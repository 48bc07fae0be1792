package io.mangonel.wire.scheduler;

import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.suspicion.SuspicionLimits;
import io.mangonel.core.suspicion.Witness;
import io.mangonel.core.task.Incarnation;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Limits;
import io.mangonel.wire.Reply;
import io.mangonel.wire.scheduler.SchedulerMessages.SchedulerDescription;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Looks who is at a scheduler's address, for this process or for one that asks it. Blocks, so it
 * belongs on virtual threads. Decides nothing: see {@link Witness}.
 */
public final class SchedulerWitness {
  private final SchedulerClient client;
  private final Predicate<HostPort> known;

  /**
   * @param known addresses of schedulers this process has heard of by itself: of no other it
   *     testifies, and to no other it connects
   */
  public SchedulerWitness(SchedulerClient client, Predicate<HostPort> known) {
    this.client = client;
    this.known = known;
  }

  /** One attempt. */
  public Sighting look(Incarnation scheduler, HostPort address) {
    try (var socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(address.host(), address.port()), (int) Limits.LOOK_CONNECT_MS);
    } catch (ConnectException refused) {
      // So soon it is never the kernel's own timeout, which is of this class too.
      return Sighting.REFUSED;
    } catch (IOException noAnswer) {
      return Sighting.SILENT;
    }
    return client.describe(address, Limits.LOOK_DEADLINE_MS)
            instanceof Reply.Answered<SchedulerDescription>(var description)
        ? sighting(scheduler, description)
        : Sighting.SILENT;
  }

  private static Sighting sighting(Incarnation scheduler, SchedulerDescription description) {
    return description.scheduler().equals(scheduler) ? Sighting.ALIVE : Sighting.REPLACED;
  }

  /** What this process sees of a scheduler: as often as a witness has to look. */
  public Sighting testify(Incarnation scheduler, HostPort address) {
    if (!known.test(address)) {
      return Sighting.SILENT;
    }
    var witness = new Witness(SuspicionLimits.DEFAULTS);
    try {
      for (Optional<Long> pauseMs = witness.nextPauseMs();
          pauseMs.isPresent();
          pauseMs = witness.nextPauseMs()) {
        TimeUnit.MILLISECONDS.sleep(pauseMs.get());
        witness.tried(look(scheduler, address));
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return Sighting.SILENT;
    }
    return witness.testimony();
  }
}
