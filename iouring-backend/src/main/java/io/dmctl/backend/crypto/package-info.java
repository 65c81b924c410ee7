/// What targets that handle keys get from the server: ciphers, locked memory, keys of the kernel's keyring.
@NullMarked
package io.dmctl.backend.crypto;

import org.jspecify.annotations.NullMarked;
