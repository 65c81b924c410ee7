package io.dmctl.backend.transport;

import io.dmctl.targets.core.MappedDevice;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Waits until a front that is being stopped has nothing in the device any more.
final class Draining {
    private static final int PATIENCE_MS = 50;

    private Draining() {}

    /// What a suspend has parked fails, again and again, since what is in flight may still come to be parked.
    static void await(MappedDevice device, CountDownLatch idle) {
        boolean interrupted = false;
        while (true) {
            try {
                if (idle.await(PATIENCE_MS, TimeUnit.MILLISECONDS)) {
                    break;
                }
                device.failWaiting();
            } catch (InterruptedException e) {
                interrupted = true; // a half stopped device helps nobody
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
