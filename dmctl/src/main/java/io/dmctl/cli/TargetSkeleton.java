package io.dmctl.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// The Maven project of a new target, from the texts in `new-target`.
///
/// `hello_target` is class `HelloTarget` in package `mytargets.hellotarget`, and so is `hello`.
record TargetSkeleton(String name, String version) {
    private static final String SUFFIX = "target";

    /// Writes the project into `folder`; answers its files.
    List<Path> write(Path folder) throws IOException {
        final String code = "src/main/java/mytargets/" + packageName() + "/";
        final Map<String, String> files = new LinkedHashMap<>();
        files.put("README.md", "README.md");
        files.put("pom.xml", "pom.xml");
        files.put(".gitignore", "gitignore");
        files.put("src/main/java/module-info.java", "module-info.java");
        files.put(code + "package-info.java", "package-info.java");
        files.put(code + className() + "Type.java", "Type.java");
        files.put(code + className() + ".java", "Target.java");
        files.put(code.replace("/main/", "/test/") + className() + "ContractTest.java", "ContractTest.java");
        final List<Path> written = new ArrayList<>();
        for (Map.Entry<String, String> file : files.entrySet()) {
            final Path path = folder.resolve(file.getKey());
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            Files.writeString(path, filled(file.getValue()));
            written.add(path);
        }
        return written;
    }

    private String filled(String template) throws IOException {
        try (InputStream in = TargetSkeleton.class.getResourceAsStream("new-target/" + template + ".txt")) {
            return new String(Objects.requireNonNull(in, template).readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@NAME@", name)
                    .replace("@ARTIFACT@", name)
                    .replace("@PACKAGE@", packageName())
                    .replace("@CLASS@", className())
                    .replace("@VERSION@", version);
        }
    }

    private List<String> words() {
        final List<String> words =
                new ArrayList<>(List.of(name.toLowerCase(Locale.ROOT).split("[-_]+")));
        words.removeIf(String::isEmpty);
        if (words.size() > 1 && words.getLast().equals(SUFFIX)) {
            words.removeLast();
        }
        return words;
    }

    String className() {
        final StringBuilder out = new StringBuilder();
        for (String word : words()) {
            out.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
        }
        return out + "Target";
    }

    String packageName() {
        return String.join("", words()) + SUFFIX;
    }
}
