/** Every planted bug still fits the sources; {@code ./mangonel mutants} tries them. */
@NullMarked
package io.mangonel.workbench.mutants;

import org.jspecify.annotations.NullMarked;
