/** One job as a value: its stages, the state of their tasks, where outputs are. Pure. */
@NullMarked
package io.mangonel.core.graph;

import org.jspecify.annotations.NullMarked;
