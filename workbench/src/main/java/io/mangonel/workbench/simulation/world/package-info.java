/** Simulated time, chance, the network, and what may go wrong in a run. */
@NullMarked
package io.mangonel.workbench.simulation.world;

import org.jspecify.annotations.NullMarked;
