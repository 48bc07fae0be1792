/** How columns of every type travel: through Parquet files between stages, and to clients. */
@NullMarked
package io.mangonel.planner.carrier;

import org.jspecify.annotations.NullMarked;
