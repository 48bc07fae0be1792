/** The archive that {@code mvn package} makes. */
@NullMarked
package io.mangonel.workbench.distribution;

import org.jspecify.annotations.NullMarked;
