package io.dmctl.bindings.sys;

/// System-call numbers (x86_64) that the generated `Libc` lacks, each with the C text that it mirrors.
public final class SysNumbers {
    /// C: `#define __NR_lseek 8`
    public static final int SYS_lseek = 8;

    /// C: `#define __NR_mprotect 10`
    public static final int SYS_mprotect = 10;

    /// C: `#define __NR_setsid 112`
    public static final int SYS_setsid = 112;

    /// C: `#define __NR_shutdown 48`
    public static final int SYS_shutdown = 48;

    private SysNumbers() {}
}
