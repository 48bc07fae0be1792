package io.mangonel.core.suspicion;

import io.mangonel.core.task.Incarnation;

/** What a scheduler learns of another one, other than by the store. */
public sealed interface PeerEvent {
  Incarnation peer();

  /**
   * The stream to it is established, or brought news.
   *
   * @param executorsReached how many executors it hears from
   */
  record Heard(Incarnation peer, int executorsReached) implements PeerEvent {}

  /** The stream to it was established and broke. */
  record Broke(Incarnation peer) implements PeerEvent {}

  /** The answer to {@link PeerEffect.TryPeer}. */
  record Tried(Incarnation peer, long inquiry, Sighting sighting) implements PeerEvent {}

  /** The answer of one of those whom {@link PeerEffect.AskWitnesses} asked. */
  record Witnessed(Incarnation peer, long inquiry, Sighting sighting) implements PeerEvent {}
}
