/** The start script. */
@NullMarked
package io.mangonel.launcher;

import org.jspecify.annotations.NullMarked;
