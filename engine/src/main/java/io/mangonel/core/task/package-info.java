/**
 * What schedulers and executors say to one another about tasks: identities, launches, outcomes.
 * Pure.
 */
@NullMarked
package io.mangonel.core.task;

import org.jspecify.annotations.NullMarked;
