@NullMarked
package io.mangonel.planner.carrier;

import org.jspecify.annotations.NullMarked;
