package tools;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

@DisplayName("jbang-catalog.json")
class CatalogTest {

    private static Map<String, com.google.gson.JsonElement> aliases() throws Exception {
        var catalog = Files.readString(Shell.course().resolve("jbang-catalog.json"));
        return JsonParser.parseString(catalog).getAsJsonObject().getAsJsonObject("aliases").asMap();
    }

    @TestFactory
    @DisplayName("chaque alias a un fichier, une description et un exemple")
    Stream<DynamicTest> everyAliasIsDescribed() throws Exception {
        return aliases().entrySet().stream().map(alias -> DynamicTest.dynamicTest(alias.getKey(),
                () -> isDescribed(alias.getKey(), alias.getValue().getAsJsonObject())));
    }

    private static void isDescribed(String name, JsonObject alias) {
        var description = alias.get("description").getAsString();
        var script = alias.get("script-ref").getAsString();
        assertAll(
                () -> assertTrue(Files.isRegularFile(Shell.course().resolve(script)), script + " n'existe pas"),
                () -> assertTrue(description.matches(".*\\S Exemple\u00a0: " + name + "( .*)?"), "pas d'exemple : " + description));
    }

    @Test
    @DisplayName("./jbangw seul montre tous les alias et leur exemple")
    void jbangwListsThemAll() throws Exception {
        var result = Shell.run(Shell.course(), Map.of(), Shell.jbangw());
        assertEquals(0, result.exitCode(), result.err());
        for (var alias : aliases().entrySet()) {
            var parts = alias.getValue().getAsJsonObject().get("description").getAsString().split(" Exemple\u00a0: ");
            for (var line : List.of(parts[0] + "\n", "                  Exemple\u00a0: ./jbangw " + parts[1] + "\n")) {
                assertTrue(result.out().contains(line), "« " + line + " » manque dans :\n" + result.out());
            }
            assertTrue(result.out().contains("\n  " + alias.getKey() + " "), alias.getKey() + " manque");
        }
    }
}
