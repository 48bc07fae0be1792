/** Relations without the columns that nobody reads. */
@NullMarked
package io.mangonel.planner.prune;

import org.jspecify.annotations.NullMarked;
