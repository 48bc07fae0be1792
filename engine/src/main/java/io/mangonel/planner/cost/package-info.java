/** Row counts, distinct counts, and what an exchange costs. */
@NullMarked
package io.mangonel.planner.cost;

import org.jspecify.annotations.NullMarked;
