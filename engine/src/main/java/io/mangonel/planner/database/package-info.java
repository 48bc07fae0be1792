/** The planning DuckDB: connections to it, what it answers, and the bounds it is kept in. */
@NullMarked
package io.mangonel.planner.database;

import org.jspecify.annotations.NullMarked;
