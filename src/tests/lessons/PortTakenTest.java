package lessons;

import static org.junit.jupiter.api.Assertions.*;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Le port de la leçon est tenu par un autre programme, qui accepte les connexions mais ne répond jamais. */
@DisplayName("leçon 2, port déjà pris")
class PortTakenTest {

    @Test
    @Timeout(900)
    @DisplayName("la leçon va au bout, et la ligne 26 dit en une phrase que le port est pris et quoi faire")
    void portTaken() throws Exception {
        var lesson = Lesson.mirror();
        try (var other = new ServerSocket(Lesson.freePort(), 100, InetAddress.getLoopbackAddress())) {
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
