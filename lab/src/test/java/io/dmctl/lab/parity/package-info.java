/// The kernel's target and ours side by side in one boot: the same table, the same work, every byte compared.
/// A target takes part by one [ParityRow] in the package `rows`; the proofs T1 to T7 are the same for all.
@NullMarked
package io.dmctl.lab.parity;

import org.jspecify.annotations.NullMarked;
