package io.dmctl.bindings.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.libc.Libc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessControlTest {
    @TempDir
    Path dir;

    private interface Body {
        void run() throws Exception;
    }

    /// What acts on a thread is tried on one of its own.
    private static void onThread(Body body) throws Exception {
        final Throwable[] failure = new Throwable[1];
        final Thread thread = Thread.ofPlatform().start(() -> {
            try {
                body.run();
            } catch (Throwable t) {
                failure[0] = t;
            }
        });
        thread.join();
        if (failure[0] != null) {
            throw new AssertionError(failure[0]);
        }
    }

    @Test
    void threadNameIsTheKernels() throws Exception {
        onThread(() -> {
            ProcessControl.setThreadName("dmctl-a-very-long-name");
            final Path comm = Path.of("/proc/self/task/" + ProcessControl.gettid() + "/comm");
            assertEquals("dmctl-a-very-lo\n", Files.readString(comm));
        });
    }

    @Test
    void affinityIsWhatWasSet() throws Exception {
        onThread(() -> {
            final BitSet one = new BitSet();
            one.set(ProcessControl.affinity().nextSetBit(0));
            ProcessControl.setAffinity(one);
            assertEquals(one, ProcessControl.affinity());
            final ErrnoException e = assertThrows(ErrnoException.class, () -> ProcessControl.setAffinity(new BitSet()));
            assertEquals(Errno.EINVAL, e.errno());
        });
    }

    @Test
    void ioFlusherIsSetOrRefusedForWantOfTheCapability() throws Exception {
        onThread(() -> {
            try {
                ProcessControl.setIoFlusher();
                assertTrue(ProcessControl.isIoFlusher());
            } catch (ErrnoException e) {
                assertEquals("prctl(PR_SET_IO_FLUSHER): this thread: Operation not permitted (EPERM)", e.getMessage());
            }
        });
    }

    @Test
    void aMountNamespaceOfItsOwnIsTheThreads() throws Exception {
        final Path mine = Path.of("/proc/thread-self/ns/mnt");
        final Path before = Files.readSymbolicLink(mine);
        onThread(() -> {
            try {
                ProcessControl.unshareMounts();
            } catch (ErrnoException e) {
                assertEquals(Errno.EPERM, e.errno());
                return;
            }
            ProcessControl.makeMountsSlave();
            assertFalse(before.equals(Files.readSymbolicLink(mine)));
        });
        assertEquals(before, Files.readSymbolicLink(mine));
    }

    @Test
    void coreDumpsAreOff() throws Exception {
        ProcessControl.disableCoreDumps();
        assertTrue(Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .anyMatch(line -> line.matches("Max core file size +0 +0 .*")));
    }

    @Test
    void killAsksForOneProcessOnly() throws Exception {
        ProcessControl.kill((int) ProcessHandle.current().pid(), 0);
        assertThrows(IllegalArgumentException.class, () -> ProcessControl.kill(-1, Libc.SIGTERM()));
        assertThrows(IllegalArgumentException.class, () -> ProcessControl.kill(0, Libc.SIGTERM()));
        final Process child = new ProcessBuilder("sleep", "100").start();
        ProcessControl.kill((int) child.pid(), Libc.SIGTERM());
        assertEquals(128 + Libc.SIGTERM(), child.waitFor());
    }

    @Test
    void locksExcludeAnotherOpenEvenInThisProcess() throws Exception {
        final String path = Files.createFile(dir.resolve("lock")).toString();
        try (Fd a = Fd.open(path, Libc.O_RDWR());
                Fd b = Fd.open(path, Libc.O_RDWR())) {
            assertTrue(FileLocks.tryFlock(a.number()));
            assertFalse(FileLocks.tryFlock(b.number()));
            FileLocks.unlockFlock(a.number());
            assertTrue(FileLocks.tryFlock(b.number()));

            assertTrue(FileLocks.tryOfdLock(a.number(), true));
            assertFalse(FileLocks.tryOfdLock(b.number(), true));
            assertFalse(FileLocks.tryOfdLock(b.number(), false));
            FileLocks.ofdUnlock(a.number());
            assertTrue(FileLocks.tryOfdLock(b.number(), false));
            assertTrue(FileLocks.tryOfdLock(a.number(), false));
        }
    }

    @Test
    void madeBlockNodeNamesItsDevice() throws Exception {
        final Path node = dir.resolve("node_dmctl_test_delme");
        try {
            DeviceNodes.makeBlock(node, new Devno(7, 300), 0600);
        } catch (ErrnoException e) {
            assertEquals(Errno.EPERM, e.errno()); // no CAP_MKNOD
            return;
        }
        assertEquals(new Devno(7, 300), Devno.ofStRdev((long) Files.getAttribute(node, "unix:rdev")));
        final ErrnoException again =
                assertThrows(ErrnoException.class, () -> DeviceNodes.makeBlock(node, new Devno(7, 300), 0600));
        assertEquals(Errno.EEXIST, again.errno());
    }
}
