/** Which files, and which rows of them, each task of a stage reads. */
@NullMarked
package io.mangonel.planner.split;

import org.jspecify.annotations.NullMarked;
