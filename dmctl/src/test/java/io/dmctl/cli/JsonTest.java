package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.dmctl.bindings.control.DmVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static final Path PAGE = Path.of("..", "docs", "commands", "json.md");

    private static String print(Json json) throws IOException {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        json.print(new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void valuesAreWhatTheyAre() throws IOException {
        final Json json = new Json(CommandName.LS)
                .put("text", "a\"b\n\u00e9")
                .put("number", Long.MIN_VALUE)
                .putUnsigned("sectors", -1)
                .put("yes", true)
                .putNull("none")
                .put("version", new DmVersion(4, 50, -1))
                .list("list")
                .object()
                .put("n", 1)
                .endObject()
                .endList();
        assertEquals(
                "{\"schema\":1,\"command\":\"ls\",\"text\":\"a\\\"b\\n\u00e9\",\"number\":-9223372036854775808,"
                        + "\"sectors\":18446744073709551615,\"yes\":true,\"none\":null,"
                        + "\"version\":{\"major\":4,\"minor\":50,\"patchlevel\":4294967295},\"list\":[{\"n\":1}]}\n",
                print(json));
    }

    /// On any machine, with device-mapper or without.
    @ParameterizedTest
    @ValueSource(strings = {"targets", "version", "features"})
    void outputIsOneObjectOnOneLine(String command) throws IOException {
        final CliRun run = CliRun.of(command, "--json");
        assertEquals(ExitCode.OK.code(), run.exitCode(), run::toString);
        assertTrue(run.out().startsWith("{\"schema\":1,\"command\":\"" + command + "\","), run::toString);
        assertEquals(1, run.out().lines().count(), run::toString);
        documented(fields(run.out()));
    }

    @Test
    void failureIsJsonToo() throws IOException {
        final String name = "no_such_device_dmctl_test_delme";
        final CliRun run = CliRun.of("info", "--json", name);
        assertTrue(run.exitCode() == ExitCode.NOT_FOUND.code() || run.exitCode() == ExitCode.PERMISSION.code());
        assertTrue(
                run.out()
                        .startsWith("{\"schema\":1,\"command\":\"info\",\"error\":{\"exit_code\":" + run.exitCode()
                                + ",\"reason\":\"" + name + ": "),
                run::toString);
        assertTrue(run.err().startsWith("dmctl info: " + name + ": "), run::toString);
        fields(run.out());
    }

    @Test
    void usageErrorIsText() {
        CliRun.of("info", "--json", "--nonsense").refused(ExitCode.USAGE, "dmctl info", "--nonsense");
    }

    @ParameterizedTest
    @EnumSource(ExitCode.class)
    void everyExitCodeIsOnThePage(ExitCode code) throws IOException {
        assertTrue(Files.readString(PAGE).contains("\n| " + code.code() + " | " + code.meaning() + " |\n"));
    }

    private static Set<String> fields(String json) throws IOException {
        final Set<String> names = new TreeSet<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    names.add(parser.currentName());
                }
            }
        }
        return names;
    }

    private static void documented(Set<String> fields) throws IOException {
        final String page = Files.readString(PAGE);
        for (String field : fields) {
            assertTrue(page.contains("`" + field + "`"), () -> field + " is not on " + PAGE);
        }
    }
}
