@NullMarked
package io.mangonel.workbench.verify;

import org.jspecify.annotations.NullMarked;
