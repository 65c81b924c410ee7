package io.dmctl.backend.client;

import io.dmctl.bindings.sys.Devno;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which files of this program lie on a block device, maybe over others: while that is suspended, the program waits
/// for them, and cannot resume it.
public final class OwnFiles {
    private static final String SYS = "/sys/dev/block/";

    private final Map<Devno, List<Devno>> uses;
    private final Set<Devno> above = new HashSet<>();

    private OwnFiles(Devno device, Map<Devno, List<Devno>> uses) {
        this.uses = uses;
        above.add(device);
    }

    /// One that lies on `device`: the JDK, a jar, or the registry's folder.
    ///
    /// @param uses what each device of the Java engine uses, which sysfs does not know
    public static Optional<Path> on(Devno device, Map<Devno, List<Devno>> uses, Registry registry) {
        final OwnFiles files = new OwnFiles(device, uses);
        files.climb();
        final List<Path> own = new ArrayList<>();
        own.add(Path.of(System.getProperty("java.home")));
        for (String path : List.of("java.class.path", "jdk.module.path")) {
            for (String jar : System.getProperty(path, "").split(File.pathSeparator, -1)) {
                if (!jar.isEmpty()) {
                    own.add(Path.of(jar));
                }
            }
        }
        own.add(registry.root());
        return own.stream().filter(files::isOnIt).findFirst();
    }

    /// Finds all devices that stand on those that are found.
    private void climb() {
        int before;
        do {
            before = above.size();
            for (Devno device : List.copyOf(above)) {
                addNumbers(Path.of(SYS + device, "holders"), "*");
                addNumbers(Path.of(SYS + device.toString()), "*[0-9]"); // its partitions
            }
            uses.forEach((user, used) -> {
                if (used.stream().anyMatch(above::contains)) {
                    above.add(user);
                }
            });
            for (Path loop : Holders.list(Path.of("/sys/block"), "loop*")) {
                final List<String> file = Holders.lines(loop.resolve("loop/backing_file"));
                if (!file.isEmpty() && isOnIt(Path.of(file.getFirst()))) {
                    addNumber(loop);
                }
            }
        } while (above.size() > before);
    }

    private void addNumbers(Path folder, String glob) {
        Holders.list(folder, glob).forEach(this::addNumber);
    }

    private void addNumber(Path device) {
        Holders.lines(device.resolve("dev")).stream().map(Devno::parse).forEach(above::add);
    }

    private boolean isOnIt(Path file) {
        Path there = file.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            final Devno number = Devno.ofStRdev(((Number) Files.getAttribute(there, "unix:dev")).longValue());
            return above.contains(
                    number.major() == 0 ? MountedDevice.source(number).orElse(number) : number);
        } catch (IOException e) {
            return false; // gone, or not ours to look at
        }
    }
}
