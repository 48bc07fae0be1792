/** The page, as a person with a browser has it, and the REST interface behind it. */
@NullMarked
package io.mangonel.web;

import org.jspecify.annotations.NullMarked;
