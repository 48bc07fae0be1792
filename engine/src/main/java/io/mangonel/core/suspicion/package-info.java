/** Which other schedulers are gone before their leases say so: evidence and its errors. Pure. */
@NullMarked
package io.mangonel.core.suspicion;

import org.jspecify.annotations.NullMarked;
