/** What files have to do with people. */
@NullMarked
package io.mangonel.files;

import org.jspecify.annotations.NullMarked;
