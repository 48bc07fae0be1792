/** Who answers statements: one plain DuckDB, and clusters of processes; and what they answer. */
@NullMarked
package io.mangonel.workbench.contest;

import org.jspecify.annotations.NullMarked;
