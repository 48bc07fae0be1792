/** One executor as a state machine: slots, epochs, attempts, outbox. Pure. */
@NullMarked
package io.mangonel.core.agent;

import org.jspecify.annotations.NullMarked;
