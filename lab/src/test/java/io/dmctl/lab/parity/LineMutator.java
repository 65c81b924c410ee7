package io.dmctl.lab.parity;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Breaks good tables at random: words dropped, doubled, swapped, replaced by odd ones. Most results are refused, each
/// by another check; some are accepted.
final class LineMutator {
    private static final List<String> ODD = List.of(
            "0",
            "1",
            "2",
            "3",
            "7",
            "8",
            "64",
            "-1",
            "+8",
            "08",
            "8x",
            "0x10",
            "x",
            "-",
            ":",
            "1.5",
            "4096",
            "65536",
            "2147483647",
            "2147483648",
            "4294967295",
            "4294967296",
            "4294967304",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551615",
            "18446744073709551616",
            "99999999999999999999999",
            "/dev/nosuch",
            "/dev/null",
            "/dev",
            "259:9999",
            "1:2:3");

    private final List<String> words;

    LineMutator(List<String> own) {
        words = new ArrayList<>(ODD);
        // The target's own words come up as often as all others together.
        for (int i = 0; !own.isEmpty() && i < ODD.size(); i++) {
            words.add(own.get(i % own.size()));
        }
    }

    String mutate(List<String> good, Random random) {
        return mutate(good, random, 1 + random.nextInt(2));
    }

    /// With so many changes.
    String mutate(List<String> good, Random random, int changes) {
        final List<String> lines =
                new ArrayList<>(good.get(random.nextInt(good.size())).lines().toList());
        final int at = random.nextInt(lines.size());
        final List<String> line = new ArrayList<>(List.of(lines.get(at).split(" ", -1)));
        for (int i = 0; i < changes; i++) {
            change(line, random);
        }
        lines.set(at, String.join(" ", line));
        return String.join("\n", lines);
    }

    /// The first three words stay numbers and a type: what the client refuses by itself reaches no engine.
    private void change(List<String> line, Random random) {
        if (random.nextInt(8) == 0) {
            line.set(1, Long.toString(Long.parseUnsignedLong(line.get(1)) + random.nextInt(3) - 1));
            return;
        }
        final int params = line.size() - 3;
        if (params == 0) {
            line.add(odd(random));
            return;
        }
        final int at = 3 + random.nextInt(params);
        switch (random.nextInt(6)) {
            case 0 -> line.remove(at);
            case 1 -> line.add(at, line.get(at));
            case 2 -> line.add(at, odd(random));
            case 3 -> {
                final int other = 3 + random.nextInt(params);
                final String word = line.get(at);
                line.set(at, line.get(other));
                line.set(other, word);
            }
            default -> line.set(at, odd(random));
        }
    }

    private String odd(Random random) {
        return words.get(random.nextInt(words.size()));
    }
}
