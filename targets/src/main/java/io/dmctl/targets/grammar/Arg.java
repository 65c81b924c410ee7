package io.dmctl.targets.grammar;

/// An element of a table line or a status line.
public sealed interface Arg permits Numeral, Word, Device, Pair, Maybe, When, Options, Repeat, Rule {}
