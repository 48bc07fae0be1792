/** Bugs planted into a scratch copy of single source files, to see that the tests notice. */
@NullMarked
package io.mangonel.workbench.mutants;

import org.jspecify.annotations.NullMarked;
