/** One job as a value: its stages, tasks, attempts and outputs. Pure. */
@NullMarked
package io.mangonel.core.graph;

import org.jspecify.annotations.NullMarked;
