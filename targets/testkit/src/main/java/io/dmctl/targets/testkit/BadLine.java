package io.dmctl.targets.testkit;

/// Arguments that a constructor must refuse: the devices are `d0`, `d1`, ..., no other exists. `errno` is positive;
/// `argument` counts from 0.
public record BadLine(String params, String error, int errno, int argument) {}
