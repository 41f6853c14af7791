package tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisplayName("test")
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class TestCommandTest {

    private static Shell.Result test(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(Shell.jbangw(), "test"));
        command.addAll(List.of(arguments));
        return Shell.run(Shell.course(), Map.of(), command.toArray(String[]::new));
    }

    @Test
    @DisplayName("une classe nommée est seule exécutée, dans la partie qui la contient")
    void oneClass() throws Exception {
        var result = test("Rel*Test");
        assertEquals(0, result.exitCode(), result.toString());
        assertTrue(result.out().contains("── helpers") && !result.out().contains("── snippets"), result.out());
        assertTrue(result.out().lines().filter(line -> line.startsWith("✔")).allMatch(line -> line.startsWith("✔ Relay")), result.out());
    }

    @Test
    @DisplayName("une classe, une partie, une option inconnues : une phrase et le code 2")
    void badArguments() throws Exception {
        for (var bad : List.of(List.of("AucuneClasse*"), List.of("partie"), List.of("--lecon"), List.of("--lesson", "deux"),
                List.of("--lesson", "99"))) {
            var result = test(bad.toArray(String[]::new));
            assertEquals(2, result.exitCode(), bad + " : " + result);
            assertEquals(1, result.err().lines().filter(line -> !line.startsWith("[jbang]")).count(), result.err());
        }
    }
}
