package lessons;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Un élève revient en arrière, recommence, oublie une cellule : la leçon le supporte, sans redémarrer le noyau. */
@DisplayName("leçon 2, dans le désordre")
class RerunTest {

    /** Elle attend les clients de la ligne 33, et dit comment ils ont fini. */
    private static final String CLIENTS_DRAWN = "draw-clients";

    private static Lesson lesson;

    @BeforeAll
    static void read() throws Exception {
        lesson = Lesson.mirror();
    }

    @Test
    @Timeout(900)
    @DisplayName("chaque cellule exécutée deux fois de suite finit sans erreur")
    void everyCellTwice() throws Exception {
        var twice = lesson.codeCells().stream().flatMap(cell -> Stream.of(cell, cell)).toList();
        var run = new NotebookRun.Plan(lesson).run(twice).await(lesson.row(33), 30, "réponse").execute();
        run.assertClean();
        assertEquals(60, run.executions().stream().filter(e -> e.cell().equals(lesson.row(33)))
                .mapToInt(e -> e.lines("réponse").size()).sum(), "réponses sous les deux exécutions de la ligne 33");
    }

    @Test
    @Timeout(900)
    @DisplayName("le serveur arrêté par la ligne 27, les clients le disent ; redémarré, il les sert de nouveau")
    void stopAndStartServer() throws Exception {
        var run = new NotebookRun.Plan(lesson)
                .run(cellsUntil(26)).runUncommented(lesson.row(27)).run(lesson.row(26)).run(cellsBetween(30, 33)).run(CLIENTS_DRAWN)
                .run(lesson.row(25), lesson.row(26), lesson.row(33)).await(lesson.row(33), 30, "réponse").execute();
        run.assertClean();
        assertEquals(List.of("finie : false ; état : RUNNING", "finie : true ; état : CANCELLED", "finie : false ; état : RUNNING"),
                executions(run, lesson.row(26)).stream().flatMap(e -> e.lines().stream()).toList(), "ligne 26, trois fois");
        assertEquals(1, run.last(CLIENTS_DRAWN).lines("Aucun serveur d'écho ne répond").size(),
                () -> "les clients sans serveur : " + run.last(CLIENTS_DRAWN).lines());
        assertEquals(30, run.last(lesson.row(25)).lines("reçu ").size(), "clients du second serveur");
    }

    private static List<NotebookRun.Execution> executions(NotebookRun run, String cell) {
        return run.executions().stream().filter(e -> e.cell().equals(cell)).toList();
    }

    private static List<String> cellsUntil(int row) {
        return lesson.codeCells().subList(0, lesson.codeCells().indexOf(lesson.row(row)) + 1);
    }

    private static List<String> cellsBetween(int firstRow, int lastRow) {
        return lesson.codeCells().subList(lesson.codeCells().indexOf(lesson.row(firstRow)),
                lesson.codeCells().indexOf(lesson.row(lastRow)) + 1);
    }
}
