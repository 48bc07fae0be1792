/** Tests of what publishes files. */
@NullMarked
package io.mangonel.executor.write;

import org.jspecify.annotations.NullMarked;
