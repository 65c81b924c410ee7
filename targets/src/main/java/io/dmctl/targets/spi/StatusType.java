package io.dmctl.targets.spi;

/// @kernel include/linux/device-mapper.h `status_type_t`
public enum StatusType {
    INFO,
    TABLE
}
