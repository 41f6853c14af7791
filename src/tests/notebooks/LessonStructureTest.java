package notebooks;

import static org.junit.jupiter.api.Assertions.*;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Le notebook de la leçon 1 a les cellules attendues, dans l'ordre, et peut être projeté. Rien n'y est exécuté. */
@DisplayName("leçon 1, structure")
class LessonStructureTest {

    /** Le type des lignes 0 à 35 du plan de la leçon : m pour Markdown, c pour code. */
    private static final String ROWS = "mmcmmmmmmmccmcmcmcccmmmcccccmmccccmm";
    private static final Map<Integer, String> SLIDES = Map.of(1, "slide", 2, "fragment");
    private static final Map<Integer, Boolean> SCROLLED = Map.of(31, true, 33, false);

    private static final int MAX_LINES = 10;
    private static final int MAX_WIDTH = 100;     // caractères, sur un écran de 1280 points

    private static final Pattern TARGET = Pattern.compile("\\]\\(([^)]+)\\)|(?:src|href)=\"([^\"]+)\"");
    private static final Pattern PICTURE = Pattern.compile("<img [^>]*>|!\\[[^\\]]*\\]");
    private static final Pattern NOT_PROSE = Pattern.compile("(?s)```.*?```|`[^`]*`|<[^>]+>|\\]\\([^)]*\\)");

    private static Path notebook;
    private static JsonObject root;
    private static List<Cell> cells;

    private record Cell(String id, String type, String source, JsonObject json) {

        static Cell of(JsonObject json) {
            var source = new StringBuilder();
            json.getAsJsonArray("source").forEach(line -> source.append(line.getAsString()));
            return new Cell(json.get("id").getAsString(), json.get("cell_type").getAsString(), source.toString(), json);
        }

        boolean isCode() {
            return type.equals("code");
        }

        JsonObject metadata() {
            return json.getAsJsonObject("metadata");
        }

        /** Le numéro de la ligne du plan, ou -1 pour une cellule ajoutée. */
        int row() {
            return metadata().has("lesson") ? metadata().getAsJsonObject("lesson").get("cell").getAsInt() : -1;
        }

        /** Le texte sans le code, les balises ni les adresses. */
        String prose() {
            return NOT_PROSE.matcher(source).replaceAll("");
        }
    }

    @BeforeAll
    static void read() throws IOException {
        notebook = courseHome().resolve("notebooks/01-les-librairies.ipynb");
        root = JsonParser.parseString(Files.readString(notebook)).getAsJsonObject();
        cells = StreamSupport.stream(root.getAsJsonArray("cells").spliterator(), false)
                .map(JsonElement::getAsJsonObject).map(Cell::of).toList();
    }

    @Test
    @DisplayName("les lignes 0 à 35 du plan y sont toutes, une fois, dans l'ordre")
    void rowsInOrder() {
        assertEquals(IntStream.range(0, ROWS.length()).boxed().toList(), rows().map(Cell::row).toList());
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
    @DisplayName("le titre de nbhosting et le noyau sont nommés")
    void notebookMetadata() {
        var metadata = root.getAsJsonObject("metadata");
        assertEquals("les librairies", metadata.getAsJsonObject("nbhosting").get("title").getAsString());
        var kernel = metadata.getAsJsonObject("kernelspec");
        assertEquals("java", kernel.get("name").getAsString());
        assertEquals("Java (asynchrone)", kernel.get("display_name").getAsString());
    }

    @Test
    @DisplayName("format 4.5, identifiants lisibles et tous différents")
    void readableIds() {
        assertEquals("4.5", root.get("nbformat").getAsInt() + "." + root.get("nbformat_minor").getAsInt());
        var seen = new HashSet<String>();
        for (var cell : cells) {
            assertTrue(cell.id().matches("[a-z0-9]+(-[a-z0-9]+)*"), cell.id());
            assertTrue(seen.add(cell.id()), "en double : " + cell.id());
        }
    }

    @Test
    @DisplayName("aucune sortie n'est enregistrée")
    void noOutputs() {
        codeCells().forEach(cell -> {
            assertTrue(cell.json().getAsJsonArray("outputs").isEmpty(), cell.id());
            assertTrue(cell.json().get("execution_count").isJsonNull(), cell.id());
        });
    }

    @Test
    @DisplayName("chaque cellule de code tient à l'écran")
    void codeFitsProjector() {
        codeCells().forEach(cell -> {
            assertTrue(cell.source().lines().count() <= MAX_LINES, cell.id() + " : plus de " + MAX_LINES + " lignes");
            cell.source().lines().forEach(line -> assertTrue(line.length() <= MAX_WIDTH, cell.id() + " : " + line));
        });
    }

    @Test
    @DisplayName("une phrase précède chaque cellule de code")
    void proseBeforeCode() {
        for (int i = 1; i < cells.size(); i++)
            assertFalse(cells.get(i).isCode() && cells.get(i - 1).isCode(), cells.get(i).id());
    }

    @Test
    @DisplayName("chaque lien et chaque image de ce dépôt existent")
    void localTargetsExist() {
        var missing = new ArrayList<String>();
        markdownCells().forEach(cell -> TARGET.matcher(cell.source()).results()
                .map(target -> target.group(1) != null ? target.group(1) : target.group(2))
                .filter(target -> !target.matches("(https?:|#).*"))
                .filter(target -> !Files.exists(notebook.resolveSibling(target)))
                .forEach(missing::add));
        assertEquals(List.of(), missing);
    }

    @Test
    @DisplayName("chaque image a un texte qui la remplace")
    void picturesHaveAltText() {
        markdownCells().forEach(cell -> PICTURE.matcher(cell.source()).results().forEach(picture ->
                assertTrue(picture.group().matches("(?s).*alt=\"[^\"]+\".*|!\\[.+\\]"), cell.id())));
    }

    @Test
    @DisplayName("la typographie est française : apostrophe courbe, espaces insécables")
    void frenchTypography() {
        markdownCells().forEach(cell -> {
            assertFalse(cell.prose().contains("'"), cell.id() + " : apostrophe droite");
            assertFalse(cell.prose().matches("(?s).* [:;?!»].*|.*« .*"), cell.id() + " : espace sécable");
        });
    }

    private static Stream<Cell> rows() {
        return cells.stream().filter(cell -> cell.row() >= 0);
    }

    private static Stream<Cell> codeCells() {
        return cells.stream().filter(Cell::isCode);
    }

    private static Stream<Cell> markdownCells() {
        return cells.stream().filter(cell -> !cell.isCode());
    }

    private static Path courseHome() {
        var home = System.getenv("COURSE_HOME");
        var folder = Path.of(home == null ? "" : home).toAbsolutePath();
        while (!Files.exists(folder.resolve("jbang-catalog.json"))) {
            folder = folder.getParent();
            assertNotNull(folder, "racine du cours introuvable");
        }
        return folder;
    }
}
