/** Aggregates in two phases: which there are, and how their partial values travel. */
@NullMarked
package io.mangonel.planner.aggregate;

import org.jspecify.annotations.NullMarked;
