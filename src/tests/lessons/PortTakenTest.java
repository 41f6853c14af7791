package lessons;

import static org.junit.jupiter.api.Assertions.*;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Le port que l'on veut est tenu par un autre programme, qui accepte les connexions mais ne répond pas toujours. */
@DisplayName("leçon 2, port déjà pris")
class PortTakenTest {

    /** Ce que chacun exécute une fois son serveur prêt : il dit qu'il est là, et attend l'autre. */
    private static final String MEET = """
            var meeting = Path.of("%s");
            Files.createFile(meeting.resolve("%s"));
            while (!Files.exists(meeting.resolve("%s"))) Thread.sleep(20);
            """;

    @Test
    @Timeout(900)
    @DisplayName("deux élèves sur la même machine : chacun a son port, et ses clients parlent à son serveur")
    void twoStudents(@TempDir Path meeting) throws Exception {
        var lesson = Lesson.mirror();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var ada = threads.submit(() -> student(lesson, MEET.formatted(meeting, "ada", "zoe")).execute());
            var zoe = threads.submit(() -> student(lesson, MEET.formatted(meeting, "zoe", "ada")).execute());
            assertServed(lesson, ada.get());
            assertServed(lesson, zoe.get());
            assertNotEquals(port(lesson, ada.get()), port(lesson, zoe.get()), "les deux serveurs ne tournaient pas en même temps");
        }
    }

    private static NotebookRun.Plan student(Lesson lesson, String meet) {
        var clients = lesson.codeCells().subList(lesson.codeCells().indexOf(lesson.row(30)), lesson.codeCells().size());
        return new NotebookRun.Plan(lesson).runUntil(lesson.row(26)).runAs(lesson.row(27), meet).run(clients)
                .await(lesson.row(25), 31, "fermeture").await(lesson.row(33), 30, "réponse");
    }

    /** Trente et un clients, servis par le serveur de la ligne 25 : ni plus, car ce seraient ceux d'un autre, ni moins. */
    private static void assertServed(Lesson lesson, NotebookRun run) {
        run.assertClean();
        assertEquals(31, run.last(lesson.row(25)).lines("reçu ").size(), "clients de ce serveur");
    }

    private static String port(Lesson lesson, NotebookRun run) {
        return run.last(lesson.row(25)).lines("à l'écoute").getFirst().replaceFirst(".*:", "");
    }

    @Test
    @Timeout(900)
    @DisplayName("un port écrit à la main, et pris : la leçon va au bout, et la ligne 26 dit que le port est pris et quoi faire")
    void portTaken() throws Exception {
        var lesson = Lesson.mirror();
        try (var other = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
            var run = new NotebookRun.Plan(lesson).port(other.getLocalPort()).runAll().execute();
            run.assertClean();
            var answer = run.last(lesson.row(26)).lines();
            assertEquals("finie : true ; état : FAILED", answer.getFirst());
            assertEquals(2, answer.size(), () -> "une seule phrase de plus : " + answer);
            assertTrue(answer.getLast().contains("port est déjà pris") && answer.getLast().contains("fermez"), answer.getLast());
            assertFalse(run.last(lesson.row(25)).lines().stream().anyMatch(line -> line.contains("à l'écoute")));
        }
    }
}
