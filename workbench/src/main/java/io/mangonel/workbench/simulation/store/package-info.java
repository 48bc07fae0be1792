/** A store of its own for simulated time. */
@NullMarked
package io.mangonel.workbench.simulation.store;

import org.jspecify.annotations.NullMarked;
