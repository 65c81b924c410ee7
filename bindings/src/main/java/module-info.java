/// The kernel's interfaces for Java: system calls, the device-mapper control API, io_uring rings, the ublk control
/// device.
module io.dmctl.bindings {
    requires org.slf4j;
    requires static org.jspecify;

    exports io.dmctl.bindings.sys;
    exports io.dmctl.bindings.control;
    exports io.dmctl.bindings.ring;
    exports io.dmctl.bindings.ublkctl;
}
