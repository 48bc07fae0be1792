/** Both protocol cores in a seeded world of faults, and an oracle that knows the truth. */
@NullMarked
package io.mangonel.workbench.simulation;

import org.jspecify.annotations.NullMarked;
