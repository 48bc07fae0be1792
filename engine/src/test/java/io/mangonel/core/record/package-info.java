/** Tests of the records in the store. */
@NullMarked
package io.mangonel.core.record;

import org.jspecify.annotations.NullMarked;
