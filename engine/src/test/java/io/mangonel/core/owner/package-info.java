/** A scheduler's core over longer times than a script can show. */
@NullMarked
package io.mangonel.core.owner;

import org.jspecify.annotations.NullMarked;
