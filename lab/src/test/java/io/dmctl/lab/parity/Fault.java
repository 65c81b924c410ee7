package io.dmctl.lab.parity;

/// What T6 does to a disk: the kernel's own test targets take the place of the piece.
enum Fault {
    /// Everything fails in 100 sectors of the middle, which begin at no round number.
    BAD_AREA {
        @Override
        String table(String whole, long offset, long sectors) {
            final long bad = sectors / 2 - 45;
            final long end = bad + 100;
            return "0 " + bad + " linear " + whole + " " + offset + "\n" + bad + " 100 error\n" + end + " "
                    + (sectors - end) + " linear " + whole + " " + (offset + end);
        }
    },
    /// Reads are good, writes and flushes fail.
    WRITES_FAIL {
        @Override
        String table(String whole, long offset, long sectors) {
            return "0 " + sectors + " flakey " + whole + " " + offset + " 0 1 1 error_writes";
        }
    },
    /// Writes and flushes are good, reads fail.
    READS_FAIL {
        @Override
        String table(String whole, long offset, long sectors) {
            return "0 " + sectors + " flakey " + whole + " " + offset + " 0 1 1 error_reads";
        }
    },
    /// The disk is gone.
    DEAD {
        @Override
        String table(String whole, long offset, long sectors) {
            return "0 " + sectors + " error";
        }
    };

    /// The piece's table: `sectors` of `whole` from `offset`.
    abstract String table(String whole, long offset, long sectors);
}
