/** Relations to DuckDB SQL. */
@NullMarked
package io.mangonel.planner.print;

import org.jspecify.annotations.NullMarked;
