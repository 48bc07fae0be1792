/** Mangonel: a distributed SQL engine in which every executor is a DuckDB and no query is lost. */
@NullMarked
package io.mangonel;

import org.jspecify.annotations.NullMarked;
