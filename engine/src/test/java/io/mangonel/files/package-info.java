@NullMarked
package io.mangonel.files;

import org.jspecify.annotations.NullMarked;
