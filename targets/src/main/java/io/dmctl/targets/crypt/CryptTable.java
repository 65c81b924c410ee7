package io.dmctl.targets.crypt;

import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.StatusSink;

/// What a table line says, and the key.
record CryptTable(
        CipherSpec cipher,
        CryptKey key,
        CryptCiphers ciphers,
        CryptOptions options,
        long ivOffset,
        LowerDevice dev,
        long startSector) {

    /// As the constructor takes it.
    void print(StatusSink out) {
        out.text(cipher.text()).text(" ");
        key.print(out);
        out.text(" ").number(ivOffset).text(" ").text(dev.name()).text(" ").number(startSector);
        options.print(out);
    }
}
