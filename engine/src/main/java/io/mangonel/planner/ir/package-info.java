/** The plan between the phases: relations and expressions, typed, positional. */
@NullMarked
package io.mangonel.planner.ir;

import org.jspecify.annotations.NullMarked;
