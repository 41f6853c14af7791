package examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** read-files et follow. */
@DisplayName("Extraits sur les fichiers")
@Timeout(300)
class FilesSnippetTest {

    @TempDir
    Path folder;

    @BeforeAll
    @Timeout(600)
    static void compile() throws Exception {
        SnippetRun.compileAll();
    }

    @Test
    @DisplayName("read-files lit tous les fichiers d'un dossier, de quatre façons")
    void readFiles() throws Exception {
        var below = Files.createDirectory(folder.resolve("dessous"));
        Files.writeString(folder.resolve("un.txt"), "12345");
        Files.writeString(below.resolve("deux.txt"), "1234567");
        var run = SnippetRun.of("read-files", folder.toString(), "3");
        assertEquals(0, run.code(), run.err());
        assertEquals(4, run.lines().stream().filter(line -> line.contains(" : 2 fichiers, 12 octets, ")).count(), run.out());
        assertTrue(run.out().contains("un pool de 3 threads"), run.out());
        assertEquals("", run.err());
    }

    @Test
    @DisplayName("read-files sur un dossier absent ou vide : une phrase, code 1")
    void nothingToRead() throws Exception {
        assertFails(SnippetRun.of("read-files", folder.resolve("absent").toString()), "n'est pas un dossier");
        assertFails(SnippetRun.of("read-files", folder.toString()), "ne contient aucun fichier");
    }

    @Test
    @DisplayName("follow sur un fichier absent : une phrase, code 1")
    void nothingToFollow() throws Exception {
        assertFails(SnippetRun.of("follow", folder.resolve("absent.log").toString()), "n'est pas un fichier");
    }

    private static void assertFails(SnippetRun run, String sentence) {
        assertEquals(1, run.code());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains(sentence), run.err());
    }

    @Test
    @DisplayName("follow montre les lignes nouvelles, entières, puis celles du journal qui remplace le premier ; Ctrl-C l'arrête")
    void follow() throws Exception {
        var log = Files.writeString(folder.resolve("service.log"), "déjà là\n");
        var process = SnippetRun.builder("follow", log.toString()).redirectErrorStream(true).start();
        try (var output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            lineWith(output, "suivi de");
            Files.writeString(log, "connexion de", StandardOpenOption.APPEND);
            Files.writeString(log, " Zoé acceptée\n", StandardOpenOption.APPEND);
            assertTrue(lineWith(output, "connexion").endsWith(" connexion de Zoé acceptée"));
            Files.writeString(log, "neuf\n");
            assertTrue(lineWith(output, "neuf").endsWith(" neuf"));
            new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
            assertEquals(130, process.waitFor());
            lineWith(output, "Suivi arrêté");
        } finally {
            process.destroyForcibly();
        }
    }

    /** La ligne suivante, qui doit contenir ce texte (les lignes de tirets du chronomètre mises à part). */
    private static String lineWith(BufferedReader output, String text) throws IOException {
        var line = output.readLine();
        while (line != null && line.endsWith("zero")) line = output.readLine();
        assertNotNull(line, "l'extrait s'est arrêté");
        assertTrue(line.contains(text), line);
        return line;
    }
}
