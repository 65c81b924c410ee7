package io.dmctl.cli;

import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.grammar.Area;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.grammar.Unchecked;
import io.dmctl.targets.grammar.types.Grammars;
import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetFeature;
import io.dmctl.targets.spi.TargetType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Finds out why the kernel refused a table, which it only logs: looks at the table in the kernel's order with the
/// constructors of our own targets, which refuse what the kernel's do, and the grammars of the others.
///
/// @kernel drivers/md/dm-table.c `dm_table_add_target` `device_area_is_invalid`
final class TableDiagnosis {
    private static final long MAX_END_SECTOR = Long.MAX_VALUE >> 9;

    private final TargetRegistry registry = TargetRegistry.load();
    private final boolean readonly;
    private final DryContext.Look look;
    private final Predicate<String> kernelHas;
    private final List<DryContext> built = new ArrayList<>();
    /// The type that must be alone, once it was seen.
    private String singleton = "";

    private TableDiagnosis(boolean readonly, DryContext.Look look, Predicate<String> kernelHas) {
        this.readonly = readonly;
        this.look = look;
        this.kernelHas = kernelHas;
    }

    /// The first fault, when it is one that gives the kernel's `errno`; empty when it is not known. `kernelHas` says
    /// whether the kernel has a target type.
    static Optional<TableFault> look(DmTable table, boolean readonly, int errno, Predicate<String> kernelHas) {
        // Only when the kernel said that something is in use, a device in use is the fault.
        final DryContext.Look look = errno == Errno.EBUSY ? DryContext.Look.KERNEL_CLAIM : DryContext.Look.KERNEL;
        return new TableDiagnosis(readonly, look, kernelHas).look(table.lines()).filter(f -> f.errno() == errno);
    }

    /// What is found of one line.
    ///
    /// @param kernelOnly why the Java engine refuses what the kernel's constructor takes; empty when it does not
    /// @param known this dmctl has a constructor or a grammar for its target
    /// @param devices the words that name devices
    /// @param notChecked what the constructor looks at besides
    record Verdict(
            Optional<TableFault> fault,
            Optional<TableFault> kernelOnly,
            boolean known,
            List<String> devices,
            List<String> notChecked) {}

    /// Looks at every line by itself, in order; a line of a target that is not known here is judged by its place
    /// only.
    static List<Verdict> check(DmTable table, boolean readonly, DryContext.Look look) {
        final TableDiagnosis diagnosis = new TableDiagnosis(readonly, look, type -> true);
        final List<Verdict> verdicts = new ArrayList<>();
        long end = 0;
        for (int i = 0; i < table.lines().size(); i++) {
            final DmTableLine line = table.lines().get(i);
            diagnosis.built.clear();
            Optional<TableFault> fault =
                    diagnosis.look(line, i, end).filter(f -> f.errno() != DryContext.NOT_LOOKED_AT);
            final Optional<TableFault> kernelOnly = fault.filter(f -> f.errno() == Errno.EOPNOTSUPP);
            if (kernelOnly.isPresent() || (fault.isEmpty() && !diagnosis.built.isEmpty())) {
                fault = diagnosis.built.getFirst().pastTheEnd(i);
            }
            verdicts.add(new Verdict(
                    fault,
                    kernelOnly,
                    diagnosis.knows(line.type()),
                    diagnosis.devices(line),
                    notChecked(diagnosis, line.type())));
            end = line.startSector() + line.lenSectors();
        }
        return verdicts;
    }

    private static List<String> notChecked(TableDiagnosis diagnosis, String type) {
        return diagnosis.registry.find(type) != null
                ? List.of()
                : Grammars.find(type).map(TargetGrammar::notChecked).orElse(List.of()).stream()
                        .map(Unchecked::about)
                        .toList();
    }

    private List<String> devices(DmTableLine line) {
        final TargetType type = registry.find(line.type());
        try (TargetArgs args = TargetArgs.split(line.params().replace("\\", "\\\\"))) {
            final List<DeviceArg> devices = type != null
                    ? type.deviceArgs(args)
                    : Grammars.find(line.type())
                            .map(grammar -> grammar.deviceArgs(args))
                            .orElse(List.of());
            return devices.stream().map(DeviceArg::word).toList();
        }
    }

    private boolean knows(String type) {
        return registry.find(type) != null || Grammars.names().contains(type);
    }

    private Optional<TableFault> look(List<DmTableLine> lines) {
        long end = 0;
        for (int i = 0; i < lines.size(); i++) {
            final DmTableLine line = lines.get(i);
            final Optional<TableFault> fault = look(line, i, end);
            if (fault.isPresent()) {
                return fault;
            }
            if (!knows(line.type())) {
                // The kernel has it and we do not: it may be this line, or a later one.
                return Optional.empty();
            }
            end = line.startSector() + line.lenSectors();
        }
        for (int i = 0; i < built.size(); i++) {
            final Optional<TableFault> fault = built.get(i).pastTheEnd(i);
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private Optional<TableFault> look(DmTableLine line, int index, long end) {
        final long start = line.startSector();
        final long len = line.lenSectors();
        if (len == 0) {
            return invalid(index, "zero-length target");
        }
        if (start < 0 || len < 0 || start + len < start || start + len > MAX_END_SECTOR) {
            return invalid(index, "too large device");
        }
        final TargetType type = registry.find(line.type());
        final Optional<TargetGrammar> grammar = type == null ? Grammars.find(line.type()) : Optional.empty();
        if (type == null && grammar.isEmpty()) {
            return kernelHas.test(line.type())
                    ? Optional.empty()
                    : invalid(index, line.type() + ": unknown target type");
        }
        final Set<TargetFeature> features =
                grammar.map(TargetGrammar::features).orElseGet(() -> type == null ? Set.of() : type.features());
        final Optional<TableFault> misplaced = place(features, line.type(), index);
        if (misplaced.isPresent()) {
            return misplaced;
        }
        if (start != end) {
            return invalid(index, line.type() + ": Gap in table: the line before ends at " + end);
        }
        return construct(line, index, (context, args) -> {
            if (type == null) {
                for (Area area : grammar.orElseThrow().check(context, args)) {
                    context.visit(area.device(), area.startSector(), area.lenSectors());
                }
            } else {
                final Target target = type.ctr(context, args);
                target.iterateDevices(context);
                target.close();
            }
        });
    }

    /// What the table asks of a type before its constructor is called.
    private Optional<TableFault> place(Set<TargetFeature> features, String type, int index) {
        if (!singleton.isEmpty()) {
            return invalid(index, "target type " + singleton + " must appear alone in table");
        }
        if (features.contains(TargetFeature.SINGLETON)) {
            if (index > 0) {
                return invalid(index, type + ": singleton target type must appear alone in table");
            }
            singleton = type;
        }
        if (features.contains(TargetFeature.ALWAYS_WRITEABLE) && readonly) {
            return invalid(index, type + ": target type may not be included in a read-only table");
        }
        return Optional.empty();
    }

    /// Judges the arguments of a line.
    private interface Constructor {
        void make(DryContext context, TargetArgs args) throws TargetException;
    }

    private Optional<TableFault> construct(DmTableLine line, int index, Constructor constructor) {
        final DryContext context = new DryContext(line.startSector(), line.lenSectors(), readonly, look);
        built.add(context);
        try (TargetArgs args = TargetArgs.split(line.params().replace("\\", "\\\\"))) {
            constructor.make(context, args);
            return Optional.empty();
        } catch (TargetException e) {
            return Optional.of(new TableFault(e.errno(), index, e.argument(), line.type() + ": " + e.getMessage()));
        }
    }

    private static Optional<TableFault> invalid(int line, String text) {
        return Optional.of(new TableFault(TargetException.EINVAL, line, -1, text));
    }
}
