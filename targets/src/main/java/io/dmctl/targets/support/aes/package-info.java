/// AES over sectors with nothing but the JDK: its AES/ECB and AES/CBC, with the rest composed in Java.
@NullMarked
package io.dmctl.targets.support.aes;

import org.jspecify.annotations.NullMarked;
