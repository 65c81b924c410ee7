package io.dmctl.cli;

import io.dmctl.backend.client.BlockNumbers;
import io.dmctl.backend.client.Holders;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.sys.Devno;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What "busy" means: who holds the device, and what would end it.
final class Busy {
    private Busy() {}

    /// The failure of a device that is in use.
    static CommandFailure of(Located device, DmException e, Session session) throws DmException {
        return explained(ErrorReport.of(e), device.info().devno(), e, session);
    }

    static CommandFailure explained(ErrorReport report, Devno devno, Exception cause, Session session) {
        final List<Holders.Holder> holders = holders(devno, session);
        final String remedy = holders.stream()
                .map(Holders.Holder::remedy)
                .filter(r -> !r.isEmpty())
                .collect(Collectors.joining("; "));
        return new CommandFailure(
                report.exitCode(),
                holders.isEmpty() ? report.text() : report.text() + ": " + what(holders),
                remedy.isEmpty() ? report.remedy() : remedy,
                cause);
    }

    private static List<Holders.Holder> holders(Devno devno, Session session) {
        if (devno.major() == 0) {
            return List.of();
        }
        final String seen = session.look(
                "holders " + devno,
                () -> Holders.of(devno).stream()
                        .map(holder -> holder.what() + "\t" + holder.remedy() + "\n")
                        .collect(Collectors.joining()));
        return seen.lines()
                .map(line -> line.split("\t", 2))
                .map(half -> new Holders.Holder(half[0], half[1]))
                .toList();
    }

    private static String what(List<Holders.Holder> holders) {
        return holders.stream().map(Holders.Holder::what).collect(Collectors.joining(", "));
    }

    /// Which devices of a table somebody holds, a sentence; empty when none is found. The table's own device
    /// may be among the holders, when it has another table that is in use.
    static String ofTable(DmTable table) {
        final Set<String> words = new LinkedHashSet<>();
        for (DmTableLine line : table.lines()) {
            words.addAll(List.of(line.params().split("\\s+", -1)));
        }
        return words.stream().flatMap(word -> held(word).stream()).collect(Collectors.joining("; "));
    }

    private static Optional<String> held(String word) {
        final List<Holders.Holder> holders =
                BlockNumbers.ofWord(word).map(Holders::of).orElse(List.of());
        return holders.isEmpty() ? Optional.empty() : Optional.of(word + " is " + what(holders));
    }
}
