/** The shell around core.agent: task runner, DuckDB, gRPC service. */
@NullMarked
package io.mangonel.executor;

import org.jspecify.annotations.NullMarked;
