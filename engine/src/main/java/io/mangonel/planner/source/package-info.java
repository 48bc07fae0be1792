/** Input files: which, how many rows, how they are split; the planning DuckDB over them. */
@NullMarked
package io.mangonel.planner.source;

import org.jspecify.annotations.NullMarked;
