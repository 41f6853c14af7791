package lessons;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ce que tous les notebooks du cours ont en commun. Rien n'y est exécuté. */
@DisplayName("notebooks, structure")
class CourseStructureTest {

    private static final int MAX_WIDTH = 100;     // caractères, sur un écran de 1280 points
    private static final int MAX_LINES = 8;
    /** La leçon 2 suit un plan imposé ; la leçon 11 construit sa boucle pas à pas. */
    private static final Map<Integer, Integer> MORE_LINES = Map.of(2, 10, 11, 12);
    private static final int EXERCISES = 3;

    private static final Pattern TARGET = Pattern.compile("\\]\\(([^)]+)\\)|(?:src|href)=\"([^\"]+)\"");
    private static final Pattern NUMBERED_LINK = Pattern.compile("\\[[^\\]]*\\bleçon[s]?[  ](\\d+)[^\\]]*\\]\\((\\d\\d)-");
    private static final Pattern PICTURE = Pattern.compile("<img [^>]*>|!\\[[^\\]]*\\]");
    private static final Pattern SOURCES = Pattern.compile("(?m)^//SOURCES (.+)$");
    private static final Pattern DEPS = Pattern.compile("(?m)^//DEPS (.+)$");
    private static final Pattern PINNED = Pattern.compile("[\\w.-]+:[\\w.-]+:[0-9][\\w.-]*(@pom)?");

    static Stream<Named<Lesson>> notebooks() throws Exception {
        return Lesson.chosen().stream().map(lesson -> Named.of(lesson.name(), lesson));
    }

    static Stream<Named<Lesson>> lessons() throws Exception {
        return notebooks().filter(lesson -> !lesson.getPayload().codeCells().isEmpty() && lesson.getPayload().number() > 0);
    }

    /** Les leçons faites toutes sur le même modèle : toutes, sauf celle qui suit un plan imposé. */
    static Stream<Named<Lesson>> laterLessons() throws Exception {
        return lessons().filter(lesson -> !lesson.getPayload().isMirror());
    }

    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("notebooks")
    @DisplayName("le titre de nbhosting et le noyau sont nommés")
    void notebookMetadata(Lesson lesson) {
        var metadata = lesson.root().getAsJsonObject("metadata");
        var title = metadata.getAsJsonObject("nbhosting").get("title").getAsString();
        assertFalse(title.isBlank());
        assertTrue(Character.isLowerCase(title.charAt(0)), title);
        var kernel = metadata.getAsJsonObject("kernelspec");
        assertEquals("java", kernel.get("name").getAsString());
        assertEquals("Java (asynchrone)", kernel.get("display_name").getAsString());
        assertEquals("java", kernel.get("language").getAsString());
    }

    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("notebooks")
    @DisplayName("format 4.5, identifiants lisibles et tous différents")
    void readableIds(Lesson lesson) {
        assertEquals("4.5", lesson.root().get("nbformat").getAsInt() + "." + lesson.root().get("nbformat_minor").getAsInt());
        var seen = new HashSet<String>();
        for (var cell : lesson.cells()) {
            assertTrue(cell.id().matches("[a-z0-9]+(-[a-z0-9]+)*"), cell.id());
            assertFalse(cell.id().matches("[0-9a-f-]{8,}"), "tiré au hasard : " + cell.id());
            assertTrue(seen.add(cell.id()), "en double : " + cell.id());
        }
    }

    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("notebooks")
    @DisplayName("aucune sortie n'est enregistrée")
    void noOutputs(Lesson lesson) {
        codeCells(lesson).forEach(cell -> {
            assertTrue(cell.json().getAsJsonArray("outputs").isEmpty(), cell.id());
            assertTrue(cell.json().get("execution_count").isJsonNull(), cell.id());
        });
    }

    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("notebooks")
    @DisplayName("chaque cellule de code tient à l'écran")
    void codeFitsProjector(Lesson lesson) {
        var limit = MORE_LINES.getOrDefault(lesson.number(), MAX_LINES);
        var bad = new ArrayList<String>();
        codeCells(lesson).forEach(cell -> {
            var lines = cell.source().lines().toList();
            if (lines.isEmpty() || lines.size() > limit)
                bad.add(cell.id() + " : " + lines.size() + " lignes, de 1 à " + limit + " attendues");
            lines.stream().filter(line -> line.length() > MAX_WIDTH).forEach(line -> bad.add(cell.id() + " : ligne trop longue : " + line));
        });
        assertEquals(List.of(), bad);
    }

    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("notebooks")
    @DisplayName("une phrase précède chaque cellule de code ; deux lignes voisines du plan imposé peuvent se suivre")
    void proseBeforeCode(Lesson lesson) {
        var cells = lesson.cells();
        assertFalse(cells.getFirst().isCode(), "la première cellule est du texte");
        for (int i = 1; i < cells.size(); i++)
            assertFalse(cells.get(i).isCode() && cells.get(i - 1).isCode() && !(cells.get(i).row() > 0 && cells.get(i - 1).row() > 0),
                    cells.get(i).id());
    }

    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("notebooks")
    @DisplayName("chaque lien et chaque image de ce dépôt existent")
    void localTargetsExist(Lesson lesson) {
        var missing = new ArrayList<String>();
        markdownCells(lesson).forEach(cell -> TARGET.matcher(cell.source()).results()
                .map(target -> target.group(1) != null ? target.group(1) : target.group(2))
                .filter(target -> !target.matches("(https?:|mailto:|#).*"))
                .map(target -> target.replaceFirst("#.*", ""))
                .filter(target -> !Files.exists(lesson.notebook().resolveSibling(target)))
                .forEach(target -> missing.add(cell.id() + " : " + target)));
        assertEquals(List.of(), missing);
    }

    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("notebooks")
    @DisplayName("chaque image a un texte qui la remplace")
    void picturesHaveAltText(Lesson lesson) {
        markdownCells(lesson).forEach(cell -> PICTURE.matcher(cell.source()).results()
                .forEach(picture -> assertTrue(picture.group().matches("(?s).*alt=\"[^\"]+\".*|!\\[.+\\]"), cell.id())));
    }

    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("notebooks")
    @DisplayName("la typographie est française : apostrophe courbe, espaces insécables")
    void frenchTypography(Lesson lesson) {
        var bad = new ArrayList<String>();
        markdownCells(lesson).forEach(cell -> cell.prose().lines().forEach(line -> {
            if (line.contains("'")) bad.add(cell.id() + " : apostrophe droite : " + line);
            if (line.matches(".* [:;?!»].*|.*« .*")) bad.add(cell.id() + " : espace sécable : " + line);
        }));
        assertEquals(List.of(), bad);
    }

    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("lessons")
    @DisplayName("//SOURCES et //DEPS : dans la première cellule de code, des fichiers qui existent, des versions fixées")
    void directives(Lesson lesson) throws IOException {
        var code = codeCells(lesson).toList();
        for (var cell : code.subList(1, code.size()))
            assertFalse(SOURCES.matcher(cell.source()).find() || DEPS.matcher(cell.source()).find(), cell.id() + " : directive tardive");
        var first = code.getFirst();
        assertTrue(SOURCES.matcher(first.source()).find(), first.id() + " : charge au moins nos aides");
        for (var sources : SOURCES.matcher(first.source()).results().toList())
            for (var glob : sources.group(1).strip().split("\\s+"))
                assertTrue(matchesSomething(lesson.notebook().getParent(), glob), glob + " : aucun fichier");
        for (var deps : DEPS.matcher(first.source()).results().toList())
            for (var dependency : deps.group(1).strip().split("\\s+"))
                assertTrue(PINNED.matcher(dependency).matches(), dependency + " : groupe:artefact:version attendu");
    }

    /** Ce qu'une classe de la leçon demande de plus, sa propre ligne //SOURCES le dit. */
    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("laterLessons")
    @DisplayName("//SOURCES charge deux choses : nos aides, et le dossier de la leçon")
    void twoFolders(Lesson lesson) {
        var first = codeCells(lesson).findFirst().orElseThrow();
        var globs =
                SOURCES.matcher(first.source()).results().flatMap(sources -> Stream.of(sources.group(1).strip().split("\\s+"))).toList();
        assertEquals(2, globs.size(), globs.toString());
        assertEquals("../src/asynchelpers/*.java", globs.getFirst());
        assertTrue(globs.getLast().matches("\\.\\./src/lessons/[a-z]+/\\*\\.java"), globs.getLast());
    }

    private static boolean matchesSomething(Path folder, String glob) throws IOException {
        var parent = folder.resolve(glob.substring(0, glob.lastIndexOf('/') + 1)).normalize();
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob.substring(glob.lastIndexOf('/') + 1));
        try (var files = Files.list(parent)) {
            return files.map(Path::getFileName).anyMatch(matcher::matches);
        }
    }

    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("laterLessons")
    @DisplayName("de 20 à 72 cellules, une licence en tête, la question et sa réponse repliée à la fin")
    void shape(Lesson lesson) {
        var cells = lesson.cells();
        assertTrue(20 <= cells.size() && cells.size() <= 72, cells.size() + " cellules");
        assertTrue(cells.getFirst().source().contains("creativecommons.org"), "licence");
        assertTrue(cells.get(1).source().startsWith("# "), "titre");
        assertTrue(cells.stream().limit(3).anyMatch(cell -> cell.source().contains("?")), "la question posée en tête");
        var last = cells.getLast();
        assertTrue(!last.isCode() && last.source().contains("?") && last.source().contains("<details>"),
                "la question et sa réponse repliée");
        assertTrue(markdownCells(lesson).anyMatch(cell -> cell.source().matches("(?s).*\\|.*(Python|asyncio|aio|asyncpg|asyncssh).*\\|.*")),
                "le tableau qui compare à Python");
        assertTrue(cells.stream().anyMatch(cell -> cell.metadata().has("slideshow")), "les types de diapositives");
    }

    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("laterLessons")
    @DisplayName("trois exercices ou plus : un énoncé, un trou, une vérification, une réponse repliée, dans cet ordre")
    void exercises(Lesson lesson) {
        var count = markdownCells(lesson).filter(cell -> cell.id().matches("statement-\\d+")).count();
        assertTrue(count >= EXERCISES, () -> count + " exercices");
        for (int n = 1; n <= count; n++) {
            var ids = Stream.of("statement-" + n, "exercise-" + n, "check-" + n, "solution-" + n).toList();
            var places = ids.stream().map(lesson::position).toList();
            assertEquals(places.stream().sorted().toList(), places, () -> "ordre de " + ids);
            assertFalse(lesson.cell(ids.get(0)).isCode(), ids.get(0));
            assertTrue(lesson.cell(ids.get(1)).isCode() && lesson.cell(ids.get(1)).source().contains("à compléter"), ids.get(1));
            assertTrue(lesson.cell(ids.get(2)).isCode() && lesson.cell(ids.get(2)).source().lines().count() <= 2, ids.get(2));
            assertTrue(lesson.cell(ids.get(3)).source().contains("<details>"), ids.get(3));
            lesson.solution(n).lines().forEach(line -> assertTrue(line.length() <= MAX_WIDTH, line));
        }
    }

    @Test
    @DisplayName("le sommaire mène à chaque leçon, et chaque leçon au sommaire")
    void summary() throws Exception {
        var all = Lesson.all();
        var summary = all.getFirst();
        assertEquals("00-sommaire", summary.name());
        for (var lesson : all.subList(1, all.size())) {
            assertTrue(summary.cells().stream().anyMatch(cell -> cell.source().contains("](" + lesson.name() + ".ipynb)")), lesson.name());
            assertTrue(lesson.cells().getFirst().source().contains("href=\"" + summary.name() + ".ipynb\""), lesson.name());
        }
    }

    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("notebooks")
    @DisplayName("un lien nommé « leçon N » mène à la leçon N")
    void linksSayTheirLesson(Lesson lesson) {
        markdownCells(lesson).forEach(cell -> NUMBERED_LINK.matcher(cell.source()).results().forEach(link -> assertEquals(
                Integer.parseInt(link.group(1)), Integer.parseInt(link.group(2)), () -> cell.id() + " : " + link.group())));
    }

    /** Un défaut oublié ici échapperait à tous les tests qui suivent. */
    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("notebooks")
    @DisplayName("ce que JupyterLab ajoute en passant n'y est pas")
    void noLeftovers(Lesson lesson) {
        for (var cell : lesson.cells())
            for (var key : List.of("execution", "collapsed", "jupyter", "trusted"))
                assertFalse(cell.metadata().has(key), cell.id() + " : " + key);
    }

    private static Stream<Lesson.Cell> codeCells(Lesson lesson) {
        return lesson.cells().stream().filter(Lesson.Cell::isCode);
    }

    private static Stream<Lesson.Cell> markdownCells(Lesson lesson) {
        return lesson.cells().stream().filter(cell -> !cell.isCode());
    }
}
