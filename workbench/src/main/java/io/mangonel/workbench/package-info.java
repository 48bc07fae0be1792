/**
 * What checks and measures the engine: simulation, corpora, benchmarks. Never part of the product.
 */
@NullMarked
package io.mangonel.workbench;

import org.jspecify.annotations.NullMarked;
