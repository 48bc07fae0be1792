/** The rules of the house that no compiler checks, over the sources of both modules. */
@NullMarked
package io.mangonel.house;

import org.jspecify.annotations.NullMarked;
