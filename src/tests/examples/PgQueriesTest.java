package examples;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** pg-queries, avec son serveur embarqué. */
@DisplayName("Extrait pg-queries")
@Timeout(300)
class PgQueriesTest {

    @Test
    @DisplayName("ensemble, les requêtes durent moins ; ensuite, le dossier du serveur a disparu")
    void together(@TempDir Path folder) throws Exception {
        var builder = SnippetRun.builder("pg-queries", "8", "4");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        builder.environment().put("COURSE_POSTGRES_FOLDER", folder.toString());
        builder.environment().remove("COURSE_POSTGRES");
        var run = SnippetRun.of(builder);
        assertEquals(0, run.code(), run.err());
        assertTrue(run.lines().get(1).contains("PostgreSQL sur 127.0.0.1:"), run.out());
        var ratio = run.lines().getLast().replaceAll(".*soit ([\\d,.]+) fois moins", "$1").replace(',', '.');
        assertTrue(Double.parseDouble(ratio) > 1.2, run.out());
        assertTrue(isEmpty(folder));
    }

    @Test
    @DisplayName("même tué net, le programme ne laisse ni serveur ni dossier")
    void killed(@TempDir Path folder) throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        var builder = SnippetRun.builder("pg-queries", "1000", "1").redirectErrorStream(true);
        builder.environment().put("COURSE_POSTGRES_FOLDER", folder.toString());
        builder.environment().remove("COURSE_POSTGRES");
        var process = builder.start();
        try (var output = process.inputReader()) {
            for (var line = ""; !line.contains("PostgreSQL sur"); line = output.readLine()) assertNotNull(line, "arrêté trop tôt");
            var server = descendant(process.toHandle(), "postgres");
            server.parent().orElseThrow().destroyForcibly();             // la JVM, et elle seule
            server.onExit().get(30, TimeUnit.SECONDS);
            while (!isEmpty(folder)) Thread.sleep(50);                    // @Timeout
        } finally {
            process.destroyForcibly();
        }
    }

    private static ProcessHandle descendant(ProcessHandle ancestor, String command) {
        return ancestor.descendants().filter(process -> process.info().command().orElse("").endsWith("/" + command)).findFirst()
                .orElseThrow();
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    @Test
    @DisplayName("un serveur qui ne répond pas : une phrase, code 1")
    void noServer() throws Exception {
        var builder = SnippetRun.builder("pg-queries");
        builder.environment().put("COURSE_POSTGRES", "postgresql://moi:secret@127.0.0.1:" + SnippetRun.freePort() + "/base");
        var run = SnippetRun.of(builder);
        assertEquals(1, run.code());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().startsWith("Le serveur de COURSE_POSTGRES"), run.err());
        assertFalse(run.err().contains("secret"), "mot de passe");
    }
}
