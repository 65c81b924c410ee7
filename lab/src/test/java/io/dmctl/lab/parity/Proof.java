package io.dmctl.lab.parity;

import io.dmctl.backend.client.Engine;

/// The proofs that bind a Java target to the kernel's.
public enum Proof {
    T1("constructor"),
    T2("map"),
    T3("kernel writes, ours opens"),
    T4("ours writes, the kernel opens"),
    T5("crash"),
    T6("errors from below"),
    T7("life cycle");

    private final String title;

    Proof(String title) {
        this.title = title;
    }

    /// What is compared, in a word or two.
    public String title() {
        return title;
    }

    Prover prover() {
        return switch (this) {
            case T1 -> new ConstructorParity();
            case T2 -> new MapParity();
            case T3 -> new FormatParity(T3, Engine.KERNEL);
            case T4 -> new FormatParity(T4, Engine.JAVA);
            case T5 -> new CrashParity();
            case T6 -> new FaultParity();
            case T7 -> new LifeParity();
        };
    }

    /// Does the proof for one row; throws an [AssertionError] that lists the differences.
    @FunctionalInterface
    interface Prover {
        void prove(Bench bench, ParityRow row) throws Exception;
    }
}
