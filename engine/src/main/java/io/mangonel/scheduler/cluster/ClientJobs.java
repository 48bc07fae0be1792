package io.mangonel.scheduler.cluster;

import io.mangonel.core.task.Incarnation;
import io.mangonel.scheduler.job.JobDirectory;
import io.mangonel.scheduler.loop.Clock;
import io.mangonel.scheduler.loop.EventQueue;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.wire.peer.PeerClient;

/**
 * What clients have to do with jobs of other schedulers, and of those that are gone.
 *
 * @param lost jobs taken over that wait for their client
 * @param foreign jobs of others that somebody here waits for or reads
 * @param reattachment finds the job of a statement that is sent again
 * @param door answers other schedulers that ask the same for their clients
 */
public record ClientJobs(
    LostClients lost, ForeignJobs foreign, Reattachment reattachment, PeerDoor door) {
  public static ClientJobs of(
      Incarnation self,
      Members members,
      StoredState stored,
      JobDirectory jobs,
      EventQueue events,
      Clock clock,
      PeerClient client) {
    var lost = new LostClients(jobs, clock);
    return new ClientJobs(
        lost,
        new ForeignJobs(self, members, stored, jobs, client),
        new Reattachment(self, members, stored, lost, client, clock),
        new PeerDoor(jobs, lost, events));
  }
}
