package io.mangonel.core.graph;

/** A stage reads the output of the stage {@code producer}. */
public record StageEdge(int producer, EdgeKind kind) {}
