/** From a statement's text to its bound plan: files and views found, names and types resolved. */
@NullMarked
package io.mangonel.planner.bind;

import org.jspecify.annotations.NullMarked;
