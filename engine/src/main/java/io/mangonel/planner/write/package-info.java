/**
 * Statements that write files: where to, in which form, and what of their options is understood.
 */
@NullMarked
package io.mangonel.planner.write;

import org.jspecify.annotations.NullMarked;
