/** What is true in a simulated world, and what must therefore hold; nothing here asks a core. */
@NullMarked
package io.mangonel.workbench.simulation.oracle;

import org.jspecify.annotations.NullMarked;
