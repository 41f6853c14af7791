package display;

import static org.junit.jupiter.api.Assertions.*;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/** Le dessin de qui a fait quoi, et quand : lu comme un navigateur le lirait, puis comme un script l'écrit. */
@DisplayName("Timeline")
@Timeout(30)
class TimelineTest {

    private static final long SECOND = 1_000_000_000;

    /** Un élément du dessin. */
    private record Shape(String name, double x, double y, double width, double height, String fill, String text) {}

    private static List<Shape> shapes(Timeline drawing) throws Exception {
        var svg = drawing.forms().get("image/svg+xml");
        var source = new InputSource(new StringReader(svg));
        var root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(source).getDocumentElement();
        var shapes = new ArrayList<Shape>();
        for (var node = root.getFirstChild(); node != null; node = node.getNextSibling())
            if (node instanceof Element shape)
                shapes.add(new Shape(shape.getTagName(), number(shape, "x"), number(shape, "y"), number(shape, "width"),
                        number(shape, "height"), shape.getAttribute("fill"), shape.getTextContent()));
        return shapes;
    }

    private static double number(Element shape, String attribute) {
        return shape.hasAttribute(attribute) ? Double.parseDouble(shape.getAttribute(attribute)) : 0;
    }

    /** Les barres, de haut en bas puis de gauche à droite : le premier rectangle est la carte. */
    private static List<Shape> bars(Timeline drawing) throws Exception {
        return shapes(drawing).stream().filter(shape -> shape.name.equals("rect")).skip(1).toList();
    }

    private static List<String> texts(Timeline drawing) throws Exception {
        return shapes(drawing).stream().filter(shape -> shape.name.equals("text")).map(Shape::text).toList();
    }

    private static int height(Timeline drawing) {
        var matcher = Pattern.compile("viewBox=\"0 0 \\d+ (\\d+)\"").matcher(drawing.forms().get("image/svg+xml"));
        assertTrue(matcher.find());
        return Integer.parseInt(matcher.group(1));
    }

    @Test
    @DisplayName("une barre va de son début à sa fin, à l'échelle ; le zéro est l'instant le plus ancien")
    void toScale() throws Exception {
        var drawing = new Timeline("Deux tâches");
        drawing.row().done(5 * SECOND, 6 * SECOND);
        drawing.row().done(6 * SECOND, 9 * SECOND);
        var bars = bars(drawing);
        assertEquals(bars.get(0).x + bars.get(0).width, bars.get(1).x, 0.2, "la seconde commence où la première finit");
        assertEquals(3 * bars.get(0).width, bars.get(1).width, 0.3);
        assertTrue(bars.get(1).y >= bars.get(0).y + bars.get(0).height, "une ligne par tâche");
    }

    @Test
    @DisplayName("chaque sorte de barre a sa couleur, et même un refus immédiat se voit")
    void tones() throws Exception {
        var drawing = new Timeline("Quatre sorts");
        drawing.row().waiting(0, SECOND).done(SECOND, 2 * SECOND);
        drawing.row().refused(SECOND, SECOND);
        drawing.row().unfinished(0, SECOND);
        var bars = bars(drawing);
        assertEquals(4, bars.stream().map(Shape::fill).distinct().count());
        assertEquals(bars.get(0).y, bars.get(1).y, "l'attente et le travail sur la même ligne");
        assertTrue(bars.get(2).width >= 3, bars.toString());
    }

    @Test
    @DisplayName("waits, works, ends : une barre en cours s'allonge d'un dessin à l'autre, puis ne bouge plus")
    void growing() throws Exception {
        var drawing = new Timeline("Une tâche").atLeast(60 * SECOND);
        var row = drawing.row().waits();
        var waiting = bars(drawing).getFirst();
        row.works();
        double width = bars(drawing).getLast().width;
        assertNotEquals(waiting.fill, bars(drawing).getLast().fill);
        while (bars(drawing).getLast().width <= width) Thread.onSpinWait();
        row.ends();
        var ended = bars(drawing);
        assertEquals(2, ended.size());
        row.ends();
        assertEquals(ended, bars(drawing), "finir deux fois ne change rien");
    }

    @Test
    @DisplayName("les barres d'un même nom sont sur la même ligne, sauf celles qui se chevauchent")
    void named() throws Exception {
        var drawing = new Timeline("Deux machines");
        drawing.row("mars").done(0, 2 * SECOND);
        drawing.row("vénus").done(0, SECOND);
        drawing.row("mars").done(2 * SECOND, 3 * SECOND);
        drawing.row("mars").done(SECOND, 3 * SECOND);
        assertEquals(3, bars(drawing).stream().map(Shape::y).distinct().count());
        assertEquals(1, texts(drawing).stream().filter("mars"::equals).count());
        assertTrue(texts(drawing).contains("vénus"));
    }

    @Test
    @DisplayName("le titre d'abord, en gras ; un titre par groupe ; chaque groupe repart de zéro, à la même échelle")
    void groups() throws Exception {
        var drawing = new Timeline("Deux façons");
        drawing.group("une à la fois").row().done(0, SECOND);
        drawing.row().done(SECOND, 2 * SECOND);
        drawing.group("ensemble").row().done(10 * SECOND, 11 * SECOND);
        var titles = texts(drawing).stream().filter(text -> !text.endsWith(" s")).toList();
        assertEquals(List.of("Deux façons", "une à la fois", "ensemble"), titles);
        var bars = bars(drawing);
        assertEquals(bars.get(0).x, bars.get(2).x, 0.2);
        assertEquals(bars.get(0).width, bars.get(2).width, 0.2);
    }

    @Test
    @DisplayName("deux dessins ont la même échelle si on la leur donne")
    void sameScale() throws Exception {
        var slow = new Timeline("lente");
        slow.row().done(0, 4 * SECOND);
        var fast = new Timeline("rapide").atLeast(4 * SECOND);
        fast.row().done(0, SECOND);
        assertEquals(bars(slow).getFirst().width, 4 * bars(fast).getFirst().width, 0.5);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1640000000   | 0 s, 0,2 s, 0,4 s, 0,6 s, 0,8 s, 1 s, 1,2 s, 1,4 s, 1,6 s
            4400000000   | 0 s, 0,5 s, 1 s, 1,5 s, 2 s, 2,5 s, 3 s, 3,5 s, 4 s
            250000000    | 0 s, 0,05 s, 0,1 s, 0,15 s, 0,2 s, 0,25 s
            60000000000  | 0 s, 10 s, 20 s, 30 s, 40 s, 50 s, 60 s
            7000000      | 0 ms, 1 ms, 2 ms, 3 ms, 4 ms, 5 ms, 6 ms, 7 ms
            50000        | 0 µs, 10 µs, 20 µs, 30 µs, 40 µs, 50 µs
            """)
    @DisplayName("les instants de l'axe sont ronds, et huit au plus après le zéro")
    void ticks(long length, String expected) throws Exception {
        var drawing = new Timeline("titre");
        drawing.row().done(0, length);
        assertEquals(expected, String.join(", ", texts(drawing).subList(1, texts(drawing).size())));
    }

    @Test
    @DisplayName("deux cinquièmes d'une fenêtre de 720 points suffisent à dix lignes nommées, ou à cinquante sans nom")
    void height() {
        var named = new Timeline("dix machines");
        for (int i = 0; i < 10; i++) named.row("machine " + i).done(i * SECOND, (i + 1) * SECOND);
        var many = new Timeline("cinquante tâches");
        for (int i = 0; i < 50; i++) many.row().done(i * SECOND, (i + 1) * SECOND);
        assertTrue(height(named) <= 288 && height(many) <= 288, height(named) + ", " + height(many));
    }

    @Test
    @DisplayName("aucun texte plus petit que seize points")
    void legible() {
        var svg = new Timeline("titre").forms().get("image/svg+xml");
        var sizes = Pattern.compile("font-size=\"(\\d+)\"").matcher(svg).results().map(match -> Integer.valueOf(match.group(1))).toList();
        assertFalse(sizes.isEmpty());
        assertTrue(sizes.stream().allMatch(size -> size >= 16), sizes::toString);
    }

    @Test
    @DisplayName("le titre et les noms peuvent contenir n'importe quel signe")
    void escaped() throws Exception {
        var drawing = new Timeline("a < b && c > d");
        drawing.group("<g>").row("x & y").done(0, 1);
        assertTrue(texts(drawing).containsAll(List.of("a < b && c > d", "<g>", "x & y")), texts(drawing).toString());
        assertEquals("a < b && c > d", shapes(drawing).getFirst().text, "le titre que lit une synthèse vocale");
    }

    @Test
    @DisplayName("sans barre, un dessin quand même")
    void empty() throws Exception {
        var drawing = new Timeline("rien");
        drawing.row("mars");
        assertEquals(0, bars(drawing).size());
        assertTrue(texts(drawing).containsAll(List.of("rien", "mars", "0 s")), texts(drawing).toString());
    }

    @Test
    @DisplayName("dans un script, le même dessin en caractères")
    void inAScript() {
        var drawing = new Timeline("Deux tâches");
        drawing.row("mars").waiting(0, SECOND).done(SECOND, 2 * SECOND);
        drawing.row("vénus").refused(2 * SECOND, 2 * SECOND).unfinished(3 * SECOND, 4 * SECOND);
        assertEquals("""
                Deux tâches
                mars  ░░░░░░░░░░░░░░░███████████████
                vénus                               x              ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
                      0 s    0,5 s   1 s    1,5 s   2 s    2,5 s   3 s    3,5 s   4 s""", drawing.toString());
        assertEquals(drawing.toString(), drawing.forms().get("text/plain"));
    }

    @Test
    @DisplayName("dans un script, un dessin de plus de quarante lignes est raccourci, et le dit")
    void shortenedInAScript() {
        var drawing = new Timeline("cent tâches");
        for (int i = 0; i < 100; i++) drawing.row().done(i * SECOND, (i + 1) * SECOND);
        var lines = drawing.toString().lines().toList();
        assertEquals(42, lines.size(), "le titre, quarante lignes, l'axe");
        assertEquals("… et 61 autres lignes", lines.get(40));
    }

    @Test
    @DisplayName("le plus grand nombre d'intervalles à la fois ; celui qui finit quand un autre commence ne compte pas")
    void mostAtOnce() {
        record Visit(long start, long end) {}
        var visits = List.of(new Visit(0, 10), new Visit(10, 20), new Visit(5, 15));
        assertEquals(2, Timeline.mostAtOnce(visits, Visit::start, Visit::end));
        assertEquals(3, Timeline.mostAtOnce(List.of(new Visit(3, 9), new Visit(1, 9), new Visit(2, 9)), Visit::start, Visit::end));
        assertEquals(0, Timeline.mostAtOnce(List.of(new Visit(5, 5), new Visit(5, 5)), Visit::start, Visit::end));
        assertEquals(0, Timeline.mostAtOnce(List.<Visit>of(), Visit::start, Visit::end));
    }

    @Test
    @DisplayName("plusieurs threads peuvent compléter le même dessin")
    void concurrent() throws Exception {
        var drawing = new Timeline("huit tâches");
        var together = new CyclicBarrier(8);
        try (var threads = Executors.newCachedThreadPool()) {
            var tasks = IntStream.range(0, 8).<Callable<Object>>mapToObj(task -> () -> {
                together.await();
                for (int i = 0; i < 100; i++) {
                    drawing.row().done(0, SECOND);
                    drawing.row("n° " + i % 10).done(i * SECOND, (i + 1) * SECOND);
                }
                return null;
            }).toList();
            for (var task : threads.invokeAll(tasks)) task.get();
        }
        assertEquals(1600, bars(drawing).size());
        assertEquals(10, texts(drawing).stream().filter(text -> text.startsWith("n° ")).count());
    }
}
