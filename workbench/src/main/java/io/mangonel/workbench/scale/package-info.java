/**
 * How fast one scheduler, and several, decide: the product's core and store, simulated executors.
 */
@NullMarked
package io.mangonel.workbench.scale;

import org.jspecify.annotations.NullMarked;
