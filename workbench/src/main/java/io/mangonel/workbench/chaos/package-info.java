/** Real processes, real faults, and what must hold all the same. */
@NullMarked
package io.mangonel.workbench.chaos;

import org.jspecify.annotations.NullMarked;
