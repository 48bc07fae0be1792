/** DuckDB's serialised plan to relations. */
@NullMarked
package io.mangonel.planner.read;

import org.jspecify.annotations.NullMarked;
