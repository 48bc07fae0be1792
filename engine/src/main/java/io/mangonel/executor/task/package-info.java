/** One attempt of a task on this machine: the DuckDB, its files, its stop, what its errors mean. */
@NullMarked
package io.mangonel.executor.task;

import org.jspecify.annotations.NullMarked;
