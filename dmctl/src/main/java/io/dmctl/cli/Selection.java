package io.dmctl.cli;

import io.dmctl.bindings.control.DmException;
import java.io.IOException;
import java.util.List;

/// The devices that a command shows: those named, or all.
final class Selection {
    private Selection() {}

    interface Action {
        /// `several`: not exactly one device was named, so that output wants the name before it.
        void on(Located device, boolean several) throws DmException, IOException;
    }

    static Usage words(Usage usage) {
        return usage.words("[NAME]...", 0, Integer.MAX_VALUE)
                .argument("NAME", "a device, or /dev/mapper/NAME; without one all devices");
    }

    /// As JSON, an object of the list `devices` each; `action` writes its fields.
    static void each(Arguments args, Session session, Action action) throws CommandFailure, DmException, IOException {
        final Json json = session.json();
        if (json == null) {
            print(args, session, action);
            return;
        }
        json.list("devices");
        print(args, session, (device, several) -> {
            json.object();
            action.on(device, several);
            json.endObject();
        });
        json.endList();
    }

    private static void print(Arguments args, Session session, Action action)
            throws CommandFailure, DmException, IOException {
        final List<DeviceArgument> named = DeviceArgument.all(args);
        for (DeviceArgument device : named) {
            action.on(session.locate(device), named.size() > 1);
        }
        if (named.isEmpty()) {
            final List<Located> all = session.all();
            for (Located device : all) {
                action.on(device, true);
            }
            if (all.isEmpty() && session.json() == null) {
                session.streams().out().println("No devices found");
            }
        }
    }
}
