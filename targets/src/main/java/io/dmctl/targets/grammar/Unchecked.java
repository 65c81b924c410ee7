package io.dmctl.targets.grammar;

import java.util.List;

/// What a constructor looks at and a check does not: what is on the disks, what the kernel was built with.
///
/// @param errors what the kernel says when it is not as it must be
public record Unchecked(String about, List<String> errors) {}
