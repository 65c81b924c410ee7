package io.dmctl.backend.crypto;

import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.crypto.SecretMemory;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/// Whole pages that are never swapped nor dumped; wiped before they are given back. Owns what it has handed out.
final class LockedMemory implements SecretMemory {
    private final Map<Long, Mapping> mappings = new HashMap<>();

    @Override
    public synchronized MemorySegment allocate(long bytes) throws TargetException {
        try {
            final Mapping mapping = Mapping.locked(bytes);
            mappings.put(mapping.address(), mapping);
            return mapping.segment().asSlice(0, bytes);
        } catch (ErrnoException e) {
            throw new TargetException("memory for a key: " + e.getMessage(), e.errno(), -1);
        }
    }

    @Override
    public synchronized void free(MemorySegment memory) {
        final Mapping mapping = mappings.remove(memory.address());
        if (mapping != null) {
            mapping.segment().fill((byte) 0);
            mapping.close();
        }
    }
}
