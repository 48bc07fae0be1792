/** TPC-H test data as Parquet files. Knows nothing of the engine. */
@NullMarked
package io.mangonel.tpch;

import org.jspecify.annotations.NullMarked;
