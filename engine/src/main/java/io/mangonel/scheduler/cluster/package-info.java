/** What a scheduler does because it is one of several on its store. */
@NullMarked
package io.mangonel.scheduler.cluster;

import org.jspecify.annotations.NullMarked;
