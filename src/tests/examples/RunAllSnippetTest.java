package examples;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** run-all, avec de vraies commandes du shell. */
@DisplayName("Extrait run-all")
@Timeout(300)
class RunAllSnippetTest {

    @BeforeAll
    @Timeout(600)
    static void compile() throws Exception {
        SnippetRun.compileAll();
    }

    @Test
    @DisplayName("chaque ligne porte le numéro de sa commande, sortie d'erreur comprise")
    void markedLines() throws Exception {
        var run = SnippetRun.of("run-all", "2", "echo déjà", "echo perdu >&2; echo fin");
        assertEquals(0, run.code(), run.err());
        assertEquals(List.of("[1] déjà"), printed(run, 1));
        assertEquals(List.of("[2] perdu", "[2] fin"), printed(run, 2));
        assertEquals("", run.err());
    }

    @Test
    @DisplayName("un échec n'arrête pas les autres : une phrase, code 1")
    void oneFailure() throws Exception {
        var run = SnippetRun.of("run-all", "1", "exit 3", "commande-absente", "echo suite");
        assertEquals(1, run.code());
        assertEquals("Échecs\u00a0: 2 sur 3.\n", run.err());
        assertTrue(run.out().contains("[1] <<< code 3\n"), run.out());
        assertTrue(run.out().contains("[2] <<< code 127\n"), run.out());
        assertEquals(List.of("[3] suite"), printed(run, 3));
    }

    @Test
    @DisplayName("cinq commandes, deux places : jamais plus de deux actives")
    void throttled() throws Exception {
        var run = SnippetRun.of("run-all", "2", "sleep 0.3", "sleep 0.3", "sleep 0.3", "sleep 0.3", "sleep 0.3");
        assertEquals(0, run.code(), run.err());
        assertEquals(2, run.mostActive(), run.out());
        assertEquals(5, run.done(), run.out());
    }

    @Test
    @DisplayName("une commande qui lit son entrée trouve la fin, au lieu d'attendre")
    void noInput() throws Exception {
        var run = SnippetRun.of("run-all", "1", "cat; echo fin");
        assertEquals(0, run.code(), run.err());
        assertEquals(List.of("[1] fin"), printed(run, 1));
    }

    @Test
    @DisplayName("un mégaoctet d'une seule commande passe sans bloquer")
    void muchOutput() throws Exception {
        var run = SnippetRun.of("run-all", "1", "yes | head -n 500000");
        assertEquals(0, run.code(), run.err());
        assertEquals(500_000, printed(run, 1).size());
    }

    @Test
    @DisplayName("sans commande : une phrase, code 2")
    void nothingToRun() throws Exception {
        var run = SnippetRun.of("run-all", "2");
        assertEquals(2, run.code());
        assertTrue(run.err().startsWith("Donnez au moins une commande"), run.err());
    }

    @Test
    @DisplayName("Ctrl-C tue aussi les enfants des commandes")
    void ctrlC() throws Exception {
        var run = SnippetRun.builder("run-all", "1", "sleep 60 & echo numéro $!; wait").start();
        try (var lines = run.inputReader()) {
            var line = lines.readLine();
            while (line != null && !line.startsWith("[1] numéro ")) line = lines.readLine();
            assertNotNull(line, "la commande n'a pas dit le numéro de son enfant");
            var child = ProcessHandle.of(Long.parseLong(line.substring("[1] numéro ".length()))).orElseThrow();
            assertTrue(child.isAlive());
            new ProcessBuilder("kill", "-INT", String.valueOf(run.pid())).start().waitFor();
            assertEquals(130, run.waitFor());
            child.onExit().get(20, TimeUnit.SECONDS);
        } finally {
            run.destroyForcibly();
        }
    }

    /** Les lignes de cette commande, sans celles qui disent son début et sa fin. */
    private static List<String> printed(SnippetRun run, int number) {
        return run.lines().stream().filter(line -> line.startsWith("[" + number + "] ")).toList();
    }
}
