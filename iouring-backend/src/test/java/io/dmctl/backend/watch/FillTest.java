package io.dmctl.backend.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.bindings.control.DmStatusLine;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FillTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "thin-pool | 1 406/4096 203/204800 - rw discard_passdown queue_if_no_space - 1024 "
                        + "| [metadata 9% (406/4096), data 0% (203/204800)]",
                "thin-pool | Fail | []",
                "snapshot | 208/1048576 48 | [store 0% (208/1048576)]",
                "snapshot | Invalid | []",
                "snapshot-merge | 1048576/1048576 48 | [store 100% (1048576/1048576)]",
                "cache | 8 72/1024 128 500/1000 0 0 0 0 0 0 0 1 writeback 2 migration_threshold 2048 smq 0 rw - "
                        + "| [metadata 7% (72/1024), cache 50% (500/1000)]",
                "linear | '' | []",
            })
    void ofAStatusLine(String type, String status, String fills) {
        assertEquals(fills, Fill.of(new DmStatusLine(0, 8, type, status)).toString());
    }
}
