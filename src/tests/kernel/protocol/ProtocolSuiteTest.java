package kernel.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.Course;

/**
 * Le noyau installé passe toute la suite jupyter_kernel_test, écrite par l'équipe de Jupyter. Un test de la suite est un
 * test ici ; un test qu'elle ignore est un échec.
 */
@DisplayName("jupyter_kernel_test")
class ProtocolSuiteTest {
    /** Les tests de la suite : il ne doit en manquer aucun. */
    private static final Set<String> TESTS = Set.of("test_kernel_info", "test_execute_stdout", "test_execute_stderr",
            "test_completion", "test_is_complete", "test_error", "test_execute_result", "test_display_data",
            "test_history", "test_inspect", "test_clear_output", "test_recv_iopub_welcome_msg");

    @TestFactory
    @Timeout(300)
    Stream<DynamicTest> suite(@TempDir Path folder) throws Exception {
        var results = run(folder);
        results.remove("test_pager");                                          // le volet à part : le noyau n'en ouvre pas
        return Stream.concat(
                Stream.of(DynamicTest.dynamicTest("tous les tests de la suite sont là", () -> assertEquals(TESTS, results.keySet()))),
                results.keySet().stream().map(name -> DynamicTest.dynamicTest(name, () -> assertPassed(results.getAsJsonObject(name)))));
    }

    private static void assertPassed(JsonObject result) {
        assertEquals("ok", result.get("status").getAsString(), result.get("detail").getAsString());
    }

    private static JsonObject run(Path folder) throws Exception {
        var course = Course.find();
        var report = folder.resolve("report.json");
        var builder = new ProcessBuilder(course.python().toString(), "-I",
                course.home().resolve("src/tests/kernel/protocol/kernel_test.py").toString(),
                course.kernelspec("java").getParent().toString(), report.toString()).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("XDG_CACHE_HOME", folder.toString());       // l'historique de l'utilisateur reste le sien
        var process = builder.start();
        try {
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes());
            process.waitFor();
            assertTrue(Files.exists(report), () -> "kernel_test.py n'a rien rendu :\n" + output);
            return JsonParser.parseString(Files.readString(report)).getAsJsonObject();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
