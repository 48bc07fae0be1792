package io.mangonel.core.suspicion;

import io.mangonel.core.task.Incarnation;

/** A scheduler that was another one before: it lost its key while it lived. */
public record Succession(Incarnation to, Lineage was) {}
