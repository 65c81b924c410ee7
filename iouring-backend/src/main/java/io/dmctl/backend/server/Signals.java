package io.dmctl.backend.server;

import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/// Signal handlers. The JDK's only way to them is `sun.misc.Signal` of jdk.unsupported, whose every mention is a
/// compiler warning: hence
/// by reflection. A shutdown hook would not do, for it cannot refuse to end (decision 10).
final class Signals {
    private Signals() {}

    /// Calls `handler` with the signal's name, on a thread of its own each time, instead of ending the process.
    static void handle(String name, Consumer<String> handler) {
        try {
            final Class<?> signal = Class.forName("sun.misc.Signal");
            final Class<?> type = Class.forName("sun.misc.SignalHandler");
            final Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
                        handler.accept(name);
                        return null;
                    });
            signal.getMethod("handle", signal, type)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("SIG" + name + " cannot be handled", e);
        }
    }
}
