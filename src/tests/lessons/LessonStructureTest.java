package lessons;

import static org.junit.jupiter.api.Assertions.*;

import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Le notebook de la leçon 2 suit son plan. Ce qu'il a de commun avec les autres est vérifié par {@link CourseStructureTest}. */
@DisplayName("leçon 2, structure")
class LessonStructureTest {

    /** Le type des lignes 0 à 35 du plan de la leçon : m pour Markdown, c pour code. */
    private static final String ROWS = "mmcmmmmmmmccmcmcmcccmmmcccccmmccccmm";
    private static final Map<Integer, String> SLIDES = Map.of(1, "slide", 2, "fragment");
    private static final Map<Integer, Boolean> SCROLLED = Map.of(31, true, 33, false);

    /** Trente-six lignes, et seulement ce sans quoi une ligne ne peut pas être lue. */
    private static final int MOST_CELLS = 52;
    /** Dans l'original, six cellules séparent le démarrage du serveur (ligne 25) du premier client (ligne 31). */
    private static final int TO_FIRST_CLIENT = 6;

    private static Lesson lesson;

    @BeforeAll
    static void read() throws Exception {
        lesson = Lesson.mirror();
    }

    @Test
    @DisplayName("les lignes 0 à 35 du plan y sont toutes, une fois, dans l'ordre")
    void rowsInOrder() {
        assertEquals(IntStream.range(0, ROWS.length()).boxed().toList(), rows().map(Lesson.Cell::row).toList());
    }

    @Test
    @DisplayName("chaque ligne a le bon type de cellule")
    void rowTypes() {
        rows().forEach(cell -> assertEquals(ROWS.charAt(cell.row()) == 'c', cell.isCode(), cell.id()));
    }

    @Test
    @DisplayName("les types de diapositives et le défilement des sorties sont ceux du plan")
    void slideTypes() {
        rows().forEach(cell -> {
            var slideshow = cell.metadata().getAsJsonObject("slideshow");
            assertEquals(SLIDES.get(cell.row()), slideshow == null ? null : slideshow.get("slide_type").getAsString(), cell.id());
            if (SCROLLED.containsKey(cell.row()))
                assertEquals(SCROLLED.get(cell.row()), cell.metadata().get("scrolled").getAsBoolean(), cell.id());
        });
    }

    @Test
    @DisplayName("pas plus de cinquante-deux cellules")
    void aboutFiftyCells() {
        assertTrue(lesson.cells().size() <= MOST_CELLS, lesson.cells().size() + " cellules");
    }

    @Test
    @DisplayName("le premier client part, au plus, six cellules après le serveur")
    void firstClientSoonAfterServer() {
        int between = lesson.position(lesson.row(31)) - lesson.position(lesson.row(25));
        assertTrue(between <= TO_FIRST_CLIENT, between + " cellules");
    }

    @Test
    @DisplayName("une phrase précède chaque cellule de code ajoutée ; deux lignes du plan, elles, peuvent se suivre")
    void proseBeforeAddedCode() {
        var cells = lesson.cells();
        for (int i = 1; i < cells.size(); i++) {
            boolean together = cells.get(i).isCode() && cells.get(i - 1).isCode();
            assertFalse(together && (cells.get(i).row() < 0 || cells.get(i - 1).row() < 0), cells.get(i).id());
        }
    }

    @Test
    @DisplayName("un dessin suit les lignes 15, 19 et 33, dans une cellule à lui")
    void pictures() {
        for (int row : new int[] {15, 19, 33}) {
            var drawing = lesson.cells().get(lesson.position(lesson.row(row)) + 2);
            assertTrue(drawing.isCode() && drawing.row() < 0 && drawing.source().contains("showTimeline("), drawing.id());
        }
    }

    @Test
    @DisplayName("le titre de nbhosting est celui du plan")
    void title() {
        assertEquals("les librairies", lesson.root().getAsJsonObject("metadata").getAsJsonObject("nbhosting").get("title").getAsString());
    }

    private static Stream<Lesson.Cell> rows() {
        return lesson.cells().stream().filter(cell -> cell.row() >= 0);
    }
}
