/** The client door: Arrow Flight SQL. */
@NullMarked
package io.mangonel.flightsql;

import org.jspecify.annotations.NullMarked;
