package io.dmctl.targets.grammar;

/// A message that a target takes.
///
/// @param words its words, as `create_thin DEVICE_ID`
public record Message(String words, String about) {}
