/** One scheduler as a state machine: jobs, executors, commits, fence. Pure. */
@NullMarked
package io.mangonel.core.owner;

import org.jspecify.annotations.NullMarked;
