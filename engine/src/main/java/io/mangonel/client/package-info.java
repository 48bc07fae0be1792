/** What programs in Java talk to Mangonel with; the command line does, too. */
@NullMarked
package io.mangonel.client;

import org.jspecify.annotations.NullMarked;
