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
    @DisplayName("le titre de nbhosting est celui du plan")
    void title() {
        assertEquals("les librairies", lesson.root().getAsJsonObject("metadata").getAsJsonObject("nbhosting").get("title").getAsString());
    }

    private static Stream<Lesson.Cell> rows() {
        return lesson.cells().stream().filter(cell -> cell.row() >= 0);
    }
}
