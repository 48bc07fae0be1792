/** Statements run by a cluster and by plain DuckDB: whether the answers are the same. */
@NullMarked
package io.mangonel.workbench.verify;

import org.jspecify.annotations.NullMarked;
