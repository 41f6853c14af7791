package tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Le noyau de réserve d'un serveur Jupyter : {@code spare_test.py} l'éprouve avec de vrais processus ; un test y est un test ici. */
@DisplayName("noyau de réserve")
@DisabledOnOs(OS.WINDOWS)
class SpareTest {
    private static final int TESTS = 14;

    @TestFactory
    @Timeout(600)
    Stream<DynamicTest> behaviours(@TempDir Path folder) throws Exception {
        var course = new Course(Shell.course());
        var report = folder.resolve("report.json");
        var result = Shell.run(folder, Map.of("XDG_CACHE_HOME", folder.toString()), course.python().toString(), "-I",
                course.home().resolve("src/tests/tools/spare_test.py").toString(), course.kernelspec("java").getParent().toString(),
                folder.toRealPath().toString(), report.toString());
        assertTrue(Files.exists(report), () -> "spare_test.py n'a rien rendu :\n" + result);
        var outcomes = JsonParser.parseString(Files.readString(report)).getAsJsonObject().asMap();
        return Stream.concat(Stream.of(DynamicTest.dynamicTest("tous les tests sont là", () -> assertEquals(TESTS, outcomes.size()))),
                outcomes.entrySet().stream().map(outcome -> DynamicTest.dynamicTest(outcome.getKey(),
                        () -> assertEquals("ok", outcome.getValue().getAsString()))));
    }
}
