/** Values that all of the core shares. */
@NullMarked
package io.mangonel.core;

import org.jspecify.annotations.NullMarked;
