package io.dmctl.cli;

/// What is wrong with a table: the positive errno, the line and its argument behind the type, both from 0 (argument -1:
/// the line as a whole), and why.
record TableFault(int errno, int line, int argument, String text) {}
