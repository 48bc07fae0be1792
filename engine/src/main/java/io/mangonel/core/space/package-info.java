/** How full the store is, and what follows from it. */
@NullMarked
package io.mangonel.core.space;

import org.jspecify.annotations.NullMarked;
