package io.dmctl.targets.grammar.types;

import io.dmctl.targets.grammar.TargetGrammar;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// The grammars there are, by the target's name: of every target of Linux 7.2, and of ours.
public final class Grammars {
    private static final Map<String, Supplier<TargetGrammar>> ALL = new TreeMap<>(Map.ofEntries(
            Map.entry("cache", CacheGrammar::grammar),
            Map.entry("clone", CloneGrammar::grammar),
            Map.entry("crypt", StackGrammars::crypt),
            Map.entry("delay", SimpleGrammars::delay),
            Map.entry("dust", SimpleGrammars::dust),
            Map.entry("ebs", EbsGrammar::grammar),
            Map.entry("era", EraGrammar::grammar),
            Map.entry("error", SimpleGrammars::error),
            Map.entry("flakey", SimpleGrammars::flakey),
            Map.entry("inlinecrypt", InlinecryptGrammar::grammar),
            Map.entry("integrity", IntegrityGrammar::grammar),
            Map.entry("linear", SimpleGrammars::linear),
            Map.entry("log-writes", SimpleGrammars::logWrites),
            Map.entry("mirror", StackGrammars::mirror),
            Map.entry("multipath", MultipathGrammar::grammar),
            Map.entry("null", SimpleGrammars::nothing),
            Map.entry("pcache", PcacheGrammar::grammar),
            Map.entry("raid", RaidGrammar::grammar),
            Map.entry("snapshot", () -> StackGrammars.snapshot("snapshot", "a device as it was")),
            Map.entry(
                    "snapshot-merge",
                    () -> StackGrammars.snapshot("snapshot-merge", "a snapshot that goes back to its origin")),
            Map.entry("snapshot-origin", StackGrammars::snapshotOrigin),
            Map.entry("striped", SimpleGrammars::striped),
            Map.entry("switch", SimpleGrammars::switching),
            Map.entry("thin", ThinGrammar::grammar),
            Map.entry("thin-pool", ThinPoolGrammar::grammar),
            Map.entry("trace", SimpleGrammars::trace),
            Map.entry("unstriped", SimpleGrammars::unstriped),
            Map.entry("vdo", VdoGrammar::grammar),
            Map.entry("verity", StackGrammars::verity),
            Map.entry("writecache", WritecacheGrammar::grammar),
            Map.entry("zero", SimpleGrammars::zero),
            Map.entry("zoned", ZonedGrammar::grammar)));

    private Grammars() {}

    public static Optional<TargetGrammar> find(String type) {
        return Optional.ofNullable(ALL.get(type)).map(Supplier::get);
    }

    /// In the order of the alphabet.
    public static Set<String> names() {
        return ALL.keySet();
    }
}
