/// The command line. It has no API: programs use io.dmctl.bindings and io.dmctl.backend.
module io.dmctl.cli {
    requires com.fasterxml.jackson.core;
    requires io.dmctl.backend;
    requires static org.jspecify;
}
