package asynchelpers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("TaskTimeline")
@Timeout(30)
class TaskTimelineTest {

    private static final String DARK = "#1f5fa8";
    private static final String LIGHT = "#f2b661";

    private final PrintStream stdout = System.out;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeEach
    void silent() {
        System.setOut(new PrintStream(printed, true, UTF_8));
        AsyncHelpers.startTimer();
    }

    @AfterEach
    void restoreStdout() {
        System.setOut(stdout);
    }

    private static String svg(String word) {
        return TaskTimeline.timeline(word).forms().get("image/svg+xml");
    }

    private static List<String> texts(String word) {
        return Pattern.compile("<text[^>]*>([^<]*)<").matcher(svg(word)).results().map(match -> match.group(1)).toList();
    }

    private static long bars(String word, String color) {
        return Pattern.compile("fill=\"" + color + "\"").matcher(svg(word)).results().count();
    }

    /** Les appelle tous à la fois : aucun ne finit avant que tous aient commencé. */
    private static void together(int count, String start) throws Exception {
        var started = new CountDownLatch(count);
        var jobs = IntStream.range(0, count).<Callable<Void>>mapToObj(i -> () -> {
            AsyncHelpers.showTimer(start, "tâche", i);
            started.countDown();
            started.await();
            AsyncHelpers.showTimer("fin");
            return null;
        }).toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var future : threads.invokeAll(jobs)) future.get();
        }
    }

    @Test
    @DisplayName("une barre par séquence, avec son nom ; le titre dit combien travaillaient à la fois")
    void oneBarASequence() throws Exception {
        AsyncHelpers.sequence("a", 0.01);
        AsyncHelpers.sequence("b", 0.01);
        assertTrue(texts(">>>").getFirst().matches("2 tâches en \\d+,\\d s, au plus 1 à la fois"), () -> texts(">>>").toString());
        assertTrue(texts(">>>").containsAll(List.of("a", "b")), () -> texts(">>>").toString());
        assertEquals(2, bars(">>>", DARK));
    }

    @Test
    @DisplayName("trois tâches ensemble : au plus trois à la fois")
    void together() throws Exception {
        together(3, "début");
        assertTrue(texts("début").getFirst().endsWith("au plus 3 à la fois"), () -> texts("début").toString());
    }

    @Test
    @DisplayName("la barre claire va du zéro au début de la tâche")
    void waitingIsLighter() throws Exception {
        AsyncHelpers.sequence("a", 0);
        assertEquals(1, bars(">>>", LIGHT));
        assertEquals(1, bars(">>>", DARK));
    }

    @Test
    @DisplayName("seules comptent les tâches dont la première ligne commence par ce mot")
    void onlyThisWord() throws Exception {
        together(2, "envoi");
        together(3, "reçu");
        assertEquals(2, bars("envoi", DARK));
        assertEquals(3, bars("reçu", DARK));
        assertEquals(0, bars(">>>", DARK));
    }

    @Test
    @DisplayName("jusqu'à douze tâches ont un nom ; davantage, non")
    void namesWhileReadable() throws Exception {
        together(12, "peu");
        together(13, "beaucoup");
        assertTrue(texts("peu").contains("tâche 11"));
        assertFalse(texts("beaucoup").stream().anyMatch(text -> text.startsWith("tâche")));
    }

    @Test
    @DisplayName("startTimer oublie les tâches d'avant ; sans tâche, le dessin le dit")
    void startTimerForgets() throws Exception {
        AsyncHelpers.sequence("a", 0);
        AsyncHelpers.startTimer();
        assertEquals("Aucune tâche depuis le zéro", texts(">>>").getFirst());
    }

    @Test
    @DisplayName("dans un script, showTimeline écrit le même dessin en caractères")
    void textInAScript() throws Exception {
        AsyncHelpers.sequence("a", 0.01);
        printed.reset();
        TaskTimeline.showTimeline();
        assertTrue(printed.toString(UTF_8).matches("(?s)Une tâche, \\d+,\\d s\\Ra +.*█.*0 (s|ms).*"), () -> printed.toString(UTF_8));
    }

    @Test
    @DisplayName("dans un script, watchTimeline remet le zéro, fait le travail, et n'écrit le dessin qu'une fois, à la fin")
    void watchInAScript() throws Exception {
        AsyncHelpers.sequence("avant", 0);
        printed.reset();
        TaskTimeline.watchTimeline(() -> AsyncHelpers.sequence("a", 0.01));
        var lines = printed.toString(UTF_8).lines().toList();
        assertTrue(lines.getFirst().endsWith("zero"), lines::toString);
        assertTrue(lines.get(2).endsWith("<<< a"), lines::toString);
        assertTrue(lines.get(3).startsWith("Une tâche, "), lines::toString);
        assertEquals(6, lines.size(), lines::toString);
    }

    @Test
    @DisplayName("watchTimeline relance l'échec du travail, et le dessin reste")
    void watchAFailure() {
        printed.reset();
        assertThrows(ArithmeticException.class, () -> TaskTimeline.watchTimeline(() -> {
            AsyncHelpers.showTimer(">>>", "a");
            throw new ArithmeticException();
        }));
        assertTrue(printed.toString(UTF_8).contains("Une tâche, "), printed.toString(UTF_8));
    }

    @Test
    @DisplayName("une longue histoire n'est gardée qu'au début, et le titre le dit ; deux cents barres au plus")
    void longStory() {
        for (int i = 0; i < 10_001; i++) AsyncHelpers.showTimer(">>>", "x".repeat(1000));
        assertTrue(texts(">>>").getFirst().matches("Les 10000 premières tâches : .*les 200 premières dessinées"), texts(">>>").getFirst());
        assertEquals(200, bars(">>>", DARK));
        assertTrue(AsyncHelpers.lines().stream().allMatch(line -> line.text().length() <= 100));
        AsyncHelpers.startTimer();
        AsyncHelpers.showTimer(">>>", "a");
        assertTrue(texts(">>>").getFirst().startsWith("Une tâche"), texts(">>>").getFirst());
    }
}
