package io.dmctl.targets.core;

import io.dmctl.targets.spi.TargetType;
import java.util.Collection;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The target types there are: ours, and those of jars on the module path.
public final class TargetRegistry {
    /// Longer names do not fit a target spec. @kernel include/uapi/linux/dm-ioctl.h `DM_MAX_TYPE_NAME`
    private static final int MAX_TYPE_NAME = 16;

    private final Map<String, TargetType> types = new TreeMap<>();

    private TargetRegistry() {}

    /// All types that [ServiceLoader] finds.
    ///
    /// @throws IllegalStateException when two types have one name, or a name does not fit
    public static TargetRegistry load() {
        final TargetRegistry registry = new TargetRegistry();
        ServiceLoader.load(TargetType.class).forEach(registry::add);
        return registry;
    }

    public static TargetRegistry of(Collection<? extends TargetType> types) {
        final TargetRegistry registry = new TargetRegistry();
        types.forEach(registry::add);
        return registry;
    }

    /// These types and those of `modules`.
    ///
    /// @throws TargetModulesException when a name is provided twice, or does not fit
    public TargetRegistry with(TargetModules modules) throws TargetModulesException {
        final TargetRegistry registry = of(types.values());
        try {
            modules.types().forEach(registry::add);
        } catch (IllegalStateException e) {
            throw new TargetModulesException(String.valueOf(e.getMessage()), e);
        }
        return registry;
    }

    private void add(TargetType type) {
        final String name = type.name();
        if (name.isEmpty() || name.length() >= MAX_TYPE_NAME) {
            throw new IllegalStateException("target type name '" + name + "' of "
                    + type.getClass().getName() + " must have 1 to " + (MAX_TYPE_NAME - 1) + " characters");
        }
        final TargetType other = types.putIfAbsent(name, type);
        if (other != null) {
            throw new IllegalStateException("target type " + name + " is provided twice: by "
                    + other.getClass().getName() + " and " + type.getClass().getName());
        }
    }

    public @Nullable TargetType find(String name) {
        return types.get(name);
    }

    /// By name.
    public Collection<TargetType> all() {
        return types.values();
    }
}
