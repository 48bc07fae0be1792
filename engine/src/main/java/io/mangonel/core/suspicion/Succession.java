package io.mangonel.core.suspicion;

import io.mangonel.core.task.Incarnation;
import java.util.Optional;

/**
 * A scheduler process that lost its key while it lived, and came back under another incarnation.
 *
 * @param suspectedBy who deleted the key of {@code from}, if suspicion did: that was an error
 */
public record Succession(Incarnation from, Incarnation to, Optional<Incarnation> suspectedBy) {}
