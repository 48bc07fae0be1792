/** Values that clients bind to parameters, as SQL. */
@NullMarked
package io.mangonel.flightsql.parameter;

import org.jspecify.annotations.NullMarked;
