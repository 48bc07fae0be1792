/** How fast the engine is, beside one plain DuckDB. */
@NullMarked
package io.mangonel.workbench.bench;

import org.jspecify.annotations.NullMarked;
