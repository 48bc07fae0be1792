/** HTTP: health, and what the page shows. */
@NullMarked
package io.mangonel.web;

import org.jspecify.annotations.NullMarked;
