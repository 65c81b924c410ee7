package io.dmctl.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Collects what Java believes about C, and asks a compiled C program for the same names.
final class CProbe {
    private final List<String> includes = new ArrayList<>();
    private final List<String> prints = new ArrayList<>();
    private final Map<String, String> expected = new LinkedHashMap<>();

    /// Skips the test, and says why, on a machine without gcc.
    static void assumeCompiler() {
        final boolean there = Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "gcc")));
        if (!there) {
            System.out.println("SKIPPED: needs gcc: apt-get install gcc libc6-dev");
        }
        assumeTrue(there, "needs gcc: apt-get install gcc libc6-dev");
    }

    void include(String... headers) {
        includes.addAll(List.of(headers));
    }

    /// The size and every member's offset of a generated struct class.
    void struct(String name, Class<?> generated) throws ReflectiveOperationException {
        number("sizeof(" + name + ")", (long) generated.getMethod("sizeof").invoke(null), Long.BYTES);
        for (Method m : generated.getMethods()) {
            if (m.getName().endsWith("$offset") && m.getParameterCount() == 0) {
                final String member = m.getName().substring(0, m.getName().length() - "$offset".length());
                number("offsetof(" + name + ", " + member + ")", (long) m.invoke(null), Long.BYTES);
            }
        }
    }

    /// Every constant of a generated header class, save `without`.
    void constants(Class<?> header, String... without) throws ReflectiveOperationException {
        for (Method m : header.getDeclaredMethods()) {
            if (!Modifier.isPublic(m.getModifiers())
                    || m.getParameterCount() != 0
                    || m.getName().contains("$")
                    || List.of(without).contains(m.getName())) {
                continue;
            }
            switch (m.invoke(null)) {
                case Integer i -> number(m.getName(), i, Integer.BYTES);
                case Long l -> number(m.getName(), l, Long.BYTES);
                case MemorySegment s when s.byteSize() > 0 -> text(m.getName(), s.getString(0));
                default -> {}
            }
        }
    }

    void constant(String expression, int value) {
        number(expression, value, Integer.BYTES);
    }

    void constant(String expression, long value) {
        number(expression, value, Long.BYTES);
    }

    // An int is compared by its 32 bits: Java has no unsigned one.
    private void number(String expression, long value, int bytes) {
        final String cast = bytes == Integer.BYTES ? "(long long)(int)" : "(long long)";
        prints.add("printf(\"%s=%lld\\n\", \"" + expression + "\", " + cast + "(" + expression + "));");
        expected.put(expression, Long.toString(value));
    }

    private void text(String expression, String value) {
        prints.add("printf(\"%s=%s\\n\", \"" + expression + "\", " + expression + ");");
        expected.put(expression, value);
    }

    /// Name to what Java has.
    Map<String, String> expected() {
        return expected;
    }

    /// Compiles and runs the program; name to what C has.
    Map<String, String> run(Path dir, List<String> options) throws IOException, InterruptedException {
        final StringBuilder source = new StringBuilder("#define _GNU_SOURCE 1\n#include <stdio.h>\n");
        includes.forEach(header -> source.append("#include <").append(header).append(">\n"));
        source.append("int main(void) {\n");
        prints.forEach(line -> source.append(line).append('\n'));
        source.append("return 0;\n}\n");
        final Path c = Files.writeString(dir.resolve("probe.c"), source);
        final Path program = dir.resolve("probe");
        final List<String> compile = new ArrayList<>(List.of("gcc", "-w", "-o", program.toString()));
        compile.addAll(options);
        compile.add(c.toString());
        Commands.run(compile);
        final Map<String, String> found = new HashMap<>();
        for (String line : Commands.run(List.of(program.toString())).split("\n", -1)) {
            final int equals = line.lastIndexOf('=');
            if (equals > 0) {
                found.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return found;
    }

    /// Runs programs of the machine.
    static final class Commands {
        private Commands() {}

        static String run(List<String> command) throws IOException, InterruptedException {
            final Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ":\n" + output);
            return output;
        }
    }
}
