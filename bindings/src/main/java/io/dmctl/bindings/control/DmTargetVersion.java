package io.dmctl.bindings.control;

/// A target type that the engine has, with its version.
public record DmTargetVersion(String name, DmVersion version) {}
