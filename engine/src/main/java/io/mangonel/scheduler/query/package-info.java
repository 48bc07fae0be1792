/** What a door (Flight SQL, REST, command line) may ask of a scheduler. */
@NullMarked
package io.mangonel.scheduler.query;

import org.jspecify.annotations.NullMarked;
