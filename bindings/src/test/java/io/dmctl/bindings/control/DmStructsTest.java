package io.dmctl.bindings.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.bindings.dm.dm_ioctl;
import io.dmctl.bindings.dm.dm_name_list;
import io.dmctl.bindings.dm.dm_target_deps;
import io.dmctl.bindings.dm.dm_target_msg;
import io.dmctl.bindings.dm.dm_target_spec;
import io.dmctl.bindings.dm.dm_target_versions;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DmStructsTest {
    private static final Map<Class<?>, MemoryLayout> PAIRS = Map.of(
            DmStructs.Ioctl.class, dm_ioctl.layout(),
            DmStructs.TargetSpec.class, dm_target_spec.layout(),
            DmStructs.TargetDeps.class, dm_target_deps.layout(),
            DmStructs.NameList.class, dm_name_list.layout(),
            DmStructs.TargetVersions.class, dm_target_versions.layout(),
            DmStructs.TargetMsg.class, dm_target_msg.layout());

    @Test
    void fieldsAreWhereTheHeaderHasThem() throws IllegalAccessException {
        int compared = 0;
        for (Map.Entry<Class<?>, MemoryLayout> pair : PAIRS.entrySet()) {
            for (Field constant : pair.getKey().getDeclaredFields()) {
                if (Modifier.isStatic(constant.getModifiers()) && constant.getType() == long.class) {
                    assertEquals(
                            expected(pair.getValue(), constant.getName()), constant.getLong(null), constant::toString);
                    compared++;
                }
            }
        }
        assertEquals(27, compared);
    }

    private static long expected(MemoryLayout layout, String constant) {
        return constant.equals("SIZEOF")
                ? layout.byteSize()
                : layout.byteOffset(PathElement.groupElement(constant.toLowerCase(Locale.ROOT)));
    }
}
