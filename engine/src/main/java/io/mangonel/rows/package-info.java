/** Values of answers, free of their Arrow form: as texts and as JSON. */
@NullMarked
package io.mangonel.rows;

import org.jspecify.annotations.NullMarked;
