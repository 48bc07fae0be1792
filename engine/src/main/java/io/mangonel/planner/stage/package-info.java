/** What the planner hands on: a query cut into stages, each one DuckDB SELECT. */
@NullMarked
package io.mangonel.planner.stage;

import org.jspecify.annotations.NullMarked;
