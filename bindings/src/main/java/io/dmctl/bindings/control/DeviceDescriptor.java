package io.dmctl.bindings.control;

import io.dmctl.bindings.sys.Fd;

/// An open descriptor that goes with a command, and the word it belongs to: in a table the word that names the device.
/// Who receives one owns it; who sends one keeps its own.
public record DeviceDescriptor(String word, Fd fd) {}
