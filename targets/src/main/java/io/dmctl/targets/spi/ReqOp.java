package io.dmctl.targets.spi;

/// What a bio asks for. @kernel include/linux/blk_types.h `enum req_op`
public enum ReqOp {
    READ,
    WRITE,
    FLUSH,
    DISCARD,
    WRITE_ZEROES;

    /// Does a bio of this operation carry bytes?
    public boolean hasData() {
        return this == READ || this == WRITE;
    }
}
