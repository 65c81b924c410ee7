/// Serves mapped devices: queues on io_uring, transports (ublk, NBD, in-process), lower devices, the device
/// server and its client.
module io.dmctl.backend {
    requires transitive io.dmctl.bindings;
    requires transitive io.dmctl.targets;
    requires com.fasterxml.jackson.core;
    requires jdk.management; // whether the compiler has the AES instructions
    requires jdk.unsupported; // sun.misc.Signal: a shutdown hook cannot refuse to end
    requires org.slf4j;
    requires static org.jspecify;

    exports io.dmctl.backend.client;
    exports io.dmctl.backend.crypto;
    exports io.dmctl.backend.lower;
    exports io.dmctl.backend.queue;
    exports io.dmctl.backend.server;
    exports io.dmctl.backend.state;
    exports io.dmctl.backend.transport;
    exports io.dmctl.backend.watch;
    exports io.dmctl.backend.writelog;
}
