/// Black-box tests on a real kernel: each `*LabIT` class boots the lab once and runs in its guest.
@NullMarked
package io.dmctl.lab;

import org.jspecify.annotations.NullMarked;
