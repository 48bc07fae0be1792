/**
 * A scheduler's side of the talk with executors: calls out, calls in, and who waits for an answer.
 */
@NullMarked
package io.mangonel.scheduler.peer;

import org.jspecify.annotations.NullMarked;
