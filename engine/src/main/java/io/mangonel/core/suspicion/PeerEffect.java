package io.mangonel.core.suspicion;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import java.util.List;

/**
 * What a scheduler does about another one that it suspects. An {@code inquiry} is what is looked
 * for from one moment on: answers to an earlier one are void.
 */
public sealed interface PeerEffect {
  Incarnation peer();

  /** See once who is at its address; answered by {@code Tried}. */
  record TryPeer(Incarnation peer, long inquiry) implements PeerEffect {}

  /** Ask these what they see of it; each that answers is a {@code Witnessed}. */
  record AskWitnesses(
      Incarnation peer, long inquiry, List<ExecutorId> executors, List<Incarnation> schedulers)
      implements PeerEffect {
    public AskWitnesses {
      executors = List.copyOf(executors);
      schedulers = List.copyOf(schedulers);
    }
  }

  /**
   * Delete its key, in a transaction that requires this scheduler's key and that of the peer, each
   * by its creation revision (rules D1, T1). The next list of schedulers shows what came of it.
   */
  record RemoveKey(Incarnation peer) implements PeerEffect {}
}
