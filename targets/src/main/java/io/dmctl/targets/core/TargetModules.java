package io.dmctl.targets.core;

import io.dmctl.targets.spi.TargetType;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.module.ResolutionException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Target types from jars that are named at run time, not when the program starts. Each load has classes of its
/// own: a table keeps the code that it was made with, and a jar that was built anew is new code for the next
/// table. Old classes go with the last table that has them.
///
/// The jars are read at once and whole: they may be replaced, or lie on a device that these targets serve.
public final class TargetModules {
    private final String digest;
    private final List<TargetType> types;

    private TargetModules(String digest, List<TargetType> types) {
        this.digest = digest;
        this.types = types;
    }

    /// The types of the modules of `path`: folders of jars, jars, or folders of classes, with `:` between them.
    /// `before` again, when nothing has changed since.
    ///
    /// @throws TargetModulesException with what is wrong with it
    public static TargetModules load(String path, @Nullable TargetModules before) throws TargetModulesException {
        try {
            final ModuleFinder finder = finder(path);
            final List<ModuleReference> modules = finder.findAll().stream()
                    .filter(m -> !isPresent(m.descriptor().name()))
                    .toList();
            final Map<String, byte[]> entries = read(modules);
            final String digest = digest(path, entries);
            if (before != null && before.digest.equals(digest)) {
                return before;
            }
            final List<TargetType> types = types(finder, modules, new ModuleBytesLoader(entries));
            if (types.isEmpty()) {
                throw new TargetModulesException(
                        "module path " + path + ": no module there provides a " + TargetType.class.getName(),
                        new FindException(path));
            }
            return new TargetModules(digest, types);
        } catch (IOException
                | FindException
                | ResolutionException
                | LayerInstantiationException
                | ServiceConfigurationError
                | LinkageError e) {
            throw new TargetModulesException("module path " + path + ": " + e.getMessage(), e);
        }
    }

    public List<TargetType> types() {
        return types;
    }

    private static ModuleFinder finder(String path) throws IOException {
        final List<Path> places = new ArrayList<>();
        for (String place : path.split(File.pathSeparator, -1)) {
            if (!Files.exists(Path.of(place))) {
                throw new NoSuchFileException(place, null, "there is no such file or folder");
            }
            places.add(Path.of(place));
        }
        return ModuleFinder.of(places.toArray(new Path[0]));
    }

    private static ModuleLayer layer() {
        final ModuleLayer own = TargetModules.class.getModule().getLayer();
        return own == null ? ModuleLayer.boot() : own;
    }

    /// A copy of what is here already, this module for one, is left alone: its types would be others than ours.
    private static boolean isPresent(String module) {
        return layer().findModule(module).isPresent() || module.startsWith("io.dmctl.targets");
    }

    private static Map<String, byte[]> read(List<ModuleReference> modules) throws IOException {
        final Map<String, byte[]> entries = new TreeMap<>();
        for (ModuleReference module : modules) {
            try (ModuleReader reader = module.open()) {
                for (String name : reader.list().filter(n -> !n.endsWith("/")).toList()) {
                    try (InputStream in = reader.open(name).orElseThrow()) {
                        entries.put(name, in.readAllBytes());
                    }
                }
            }
        }
        return entries;
    }

    private static String digest(String path, Map<String, byte[]> entries) {
        try {
            final MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(path.getBytes(StandardCharsets.UTF_8));
            entries.forEach((name, bytes) -> {
                sha.update((name + ":" + bytes.length + ":").getBytes(StandardCharsets.UTF_8));
                sha.update(bytes);
            });
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// As modules of a layer of their own. Where this program is not made of modules itself, there is nothing
    /// to resolve them against: then as plain classes.
    private static List<TargetType> types(
            ModuleFinder finder, List<ModuleReference> modules, ModuleBytesLoader loader) {
        if (!TargetModules.class.getModule().isNamed()) {
            return modules.stream()
                    .flatMap(m -> m.descriptor().provides().stream())
                    .filter(p -> p.service().equals(TargetType.class.getName()))
                    .flatMap(p -> p.providers().stream())
                    .map(name -> instance(name, loader))
                    .toList();
        }
        final Configuration resolved = layer().configuration()
                .resolve(
                        finder,
                        ModuleFinder.of(),
                        modules.stream().map(m -> m.descriptor().name()).collect(Collectors.toSet()));
        final ModuleLayer layer = ModuleLayer.defineModules(resolved, List.of(layer()), name -> loader)
                .layer();
        return ServiceLoader.load(layer, TargetType.class).stream()
                .filter(p -> p.type().getModule().getLayer() == layer)
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    private static TargetType instance(String name, ClassLoader loader) {
        try {
            return Class.forName(name, true, loader)
                    .asSubclass(TargetType.class)
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw new ServiceConfigurationError(TargetType.class.getName() + ": provider " + name + ": " + e, e);
        }
    }
}
