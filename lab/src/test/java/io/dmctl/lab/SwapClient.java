package io.dmctl.lab;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.Engines;
import io.dmctl.backend.client.ResumeWatchdog;
import io.dmctl.backend.client.TableSwap;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A process that swaps a device's table again and again until it is killed, every third time for one that cannot come
/// into use, with the watchdog that brings back what it leaves suspended.
final class SwapClient {
    private SwapClient() {}

    /// Starts it; its standard output is a `>` before and a `.` after each swap.
    static Process start(Engine engine, String name, List<String> tables) throws Exception {
        final List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of("-Xmx32m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(SwapClient.class.getName(), engine.name(), name));
        command.addAll(tables);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /// `ENGINE NAME TABLE...`
    public static void main(String[] args) throws Exception {
        final Engine engine = Engine.valueOf(args[0]);
        final List<String> tables = List.of(args).subList(2, args.length);
        try (Engines engines = Engines.open()) {
            ResumeWatchdog.start(engine, DmName.mangle(args[1]), 1);
            for (int i = 0; ; i++) {
                tell('>');
                try {
                    TableSwap.of(engines, engine, Devices.id(args[1]))
                            .run(Devices.table(tables.get(i % tables.size())), false, false, true);
                } catch (TableSwap.RolledBackException | DmException e) {
                    // What cannot come into use: the table before is back.
                    assert e.getMessage() != null;
                }
                tell('.');
            }
        }
    }

    private static void tell(char what) {
        System.out.write(what);
        System.out.flush();
    }
}
