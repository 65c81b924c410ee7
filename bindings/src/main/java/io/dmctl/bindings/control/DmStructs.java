package io.dmctl.bindings.control;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/// Where the fields of the structures of include/uapi/linux/dm-ioctl.h are, in bytes, by their names in C.
///
/// The generated classes know it, too; to ask them costs a command 20 ms, as each makes its layouts and variable
/// handles when
/// it is first used. DmStructsTest compares the two.
final class DmStructs {
    private DmStructs() {}

    /// C: `struct dm_ioctl`.
    static final class Ioctl {
        static final long VERSION = 0;
        static final long DATA_SIZE = 12;
        static final long DATA_START = 16;
        static final long TARGET_COUNT = 20;
        static final long OPEN_COUNT = 24;
        static final long FLAGS = 28;
        static final long EVENT_NR = 32;
        static final long DEV = 40;
        static final long NAME = 48;
        static final long UUID = 176;

        private Ioctl() {}

        static int version(MemorySegment b, long index) {
            return b.get(JAVA_INT, VERSION + index * Integer.BYTES);
        }

        static void version(MemorySegment b, long index, int value) {
            b.set(JAVA_INT, VERSION + index * Integer.BYTES, value);
        }

        static int data_size(MemorySegment b) {
            return b.get(JAVA_INT, DATA_SIZE);
        }

        static void data_size(MemorySegment b, int value) {
            b.set(JAVA_INT, DATA_SIZE, value);
        }

        static int data_start(MemorySegment b) {
            return b.get(JAVA_INT, DATA_START);
        }

        static void data_start(MemorySegment b, int value) {
            b.set(JAVA_INT, DATA_START, value);
        }

        static int target_count(MemorySegment b) {
            return b.get(JAVA_INT, TARGET_COUNT);
        }

        static void target_count(MemorySegment b, int value) {
            b.set(JAVA_INT, TARGET_COUNT, value);
        }

        static int open_count(MemorySegment b) {
            return b.get(JAVA_INT, OPEN_COUNT);
        }

        static void open_count(MemorySegment b, int value) {
            b.set(JAVA_INT, OPEN_COUNT, value);
        }

        static int flags(MemorySegment b) {
            return b.get(JAVA_INT, FLAGS);
        }

        static void flags(MemorySegment b, int value) {
            b.set(JAVA_INT, FLAGS, value);
        }

        static int event_nr(MemorySegment b) {
            return b.get(JAVA_INT, EVENT_NR);
        }

        static void event_nr(MemorySegment b, int value) {
            b.set(JAVA_INT, EVENT_NR, value);
        }

        static long dev(MemorySegment b) {
            return b.get(JAVA_LONG, DEV);
        }

        static void dev(MemorySegment b, long value) {
            b.set(JAVA_LONG, DEV, value);
        }
    }

    /// C: `struct dm_target_spec`.
    static final class TargetSpec {
        static final long SECTOR_START = 0;
        static final long LENGTH = 8;
        static final long STATUS = 16;
        static final long NEXT = 20;
        static final long TARGET_TYPE = 24;
        static final long SIZEOF = 40;

        private TargetSpec() {}
    }

    /// C: `struct dm_target_deps`.
    static final class TargetDeps {
        static final long COUNT = 0;
        static final long DEV = 8;

        private TargetDeps() {}
    }

    /// C: `struct dm_name_list`.
    static final class NameList {
        static final long DEV = 0;
        static final long NEXT = 8;
        static final long NAME = 12;

        private NameList() {}
    }

    /// C: `struct dm_target_versions`.
    static final class TargetVersions {
        static final long NEXT = 0;
        static final long VERSION = 4;
        static final long NAME = 16;
        static final long SIZEOF = 16;

        private TargetVersions() {}
    }

    /// C: `struct dm_target_msg`.
    static final class TargetMsg {
        static final long SECTOR = 0;
        static final long MESSAGE = 8;

        private TargetMsg() {}
    }
}
