package examples;

import static org.junit.jupiter.api.Assertions.*;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** pg-queries, avec son serveur embarqué. */
@DisplayName("Extrait pg-queries")
@Timeout(120)
class PgQueriesTest {

    @Test
    @DisplayName("ensemble, les requêtes durent moins ; ensuite, le dossier du serveur a disparu")
    void together(@TempDir Path folder) throws Exception {
        var builder = SnippetRun.builder("pg-queries", "8", "4");
        Files.setPosixFilePermissions(folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        builder.environment().put("COURSE_POSTGRES_FOLDER", folder.toString());
        builder.environment().remove("COURSE_POSTGRES");
        var run = SnippetRun.of(builder);
        assertEquals(0, run.code(), run.err());
        assertTrue(run.lines().get(1).contains("PostgreSQL sur 127.0.0.1:"), run.out());
        var ratio = run.lines().getLast().replaceAll(".*soit ([\\d,.]+) fois moins", "$1").replace(',', '.');
        assertTrue(Double.parseDouble(ratio) > 1.2, run.out());
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(0, left.count());
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
