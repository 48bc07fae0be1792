/** A scheduler and executors in one JVM, and what they must answer. */
@NullMarked
package io.mangonel.cluster;

import org.jspecify.annotations.NullMarked;
