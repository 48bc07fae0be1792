/** From a statement to stages: the phases in order, and what they are given. */
@NullMarked
package io.mangonel.planner;

import org.jspecify.annotations.NullMarked;
