package io.dmctl.cli;

import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Finds out why the kernel refused a table, which it only logs: looks at the table in the kernel's order with the
/// constructors of our own targets, which refuse what the kernel's do.
///
/// @kernel drivers/md/dm-table.c `dm_table_add_target` `device_area_is_invalid`
final class TableDiagnosis {
    private static final long MAX_END_SECTOR = Long.MAX_VALUE >> 9;

    private final TargetRegistry registry = TargetRegistry.load();
    private final boolean readonly;
    private final DryContext.Look look;
    private final Predicate<String> kernelHas;
    private final List<DryContext> built = new ArrayList<>();

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

    /// What is found of one line. `known`: this dmctl has a constructor for its target.
    record Verdict(Optional<TableFault> fault, boolean known) {}

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
            if (fault.isEmpty() && !diagnosis.built.isEmpty()) {
                fault = diagnosis.built.getFirst().pastTheEnd(i);
            }
            verdicts.add(new Verdict(fault, diagnosis.registry.find(line.type()) != null));
            end = line.startSector() + line.lenSectors();
        }
        return verdicts;
    }

    private Optional<TableFault> look(List<DmTableLine> lines) {
        long end = 0;
        for (int i = 0; i < lines.size(); i++) {
            final DmTableLine line = lines.get(i);
            final Optional<TableFault> fault = look(line, i, end);
            if (fault.isPresent()) {
                return fault;
            }
            if (registry.find(line.type()) == null) {
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
        if (type == null) {
            return kernelHas.test(line.type())
                    ? Optional.empty()
                    : invalid(index, line.type() + ": unknown target type");
        }
        if (start != end) {
            return invalid(index, "Gap in table: the line before ends at " + end);
        }
        return construct(type, line, index);
    }

    private Optional<TableFault> construct(TargetType type, DmTableLine line, int index) {
        final DryContext context = new DryContext(line.startSector(), line.lenSectors(), readonly, look);
        built.add(context);
        try (TargetArgs args = TargetArgs.split(line.params().replace("\\", "\\\\"))) {
            final Target target = type.ctr(context, args);
            target.iterateDevices(context);
            target.close();
            return Optional.empty();
        } catch (TargetException e) {
            return Optional.of(new TableFault(e.errno(), index, e.argument(), type.name() + ": " + e.getMessage()));
        }
    }

    private static Optional<TableFault> invalid(int line, String text) {
        return Optional.of(new TableFault(TargetException.EINVAL, line, -1, text));
    }
}
