/** Tests of the exploration. */
@NullMarked
package io.mangonel.workbench.explore;

import org.jspecify.annotations.NullMarked;
