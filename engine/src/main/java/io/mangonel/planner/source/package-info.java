/** Input files: which, how many rows, how they are split; the tables that stand for them. */
@NullMarked
package io.mangonel.planner.source;

import org.jspecify.annotations.NullMarked;
