/** Where each relation's rows live, and the exchanges between. */
@NullMarked
package io.mangonel.planner.distribute;

import org.jspecify.annotations.NullMarked;
