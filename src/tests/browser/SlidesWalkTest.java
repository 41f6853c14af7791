package browser;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import lessons.Executed;
import lessons.Lesson;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openqa.selenium.chrome.ChromeDriver;
import tools.Course;
import tools.Folders;

/**
 * Chaque leçon, diapositive par diapositive, à deux tailles d'écran : ce qui dépasse, ce qui est coupé, le plus petit texte. Les mesures
 * restent dans build/diapositives.md ; une leçon seule : {@code ./jbangw test --lesson 07 browser SlidesWalkTest}.
 */
@DisplayName("parcours des diapositives")
@Timeout(300)
class SlidesWalkTest {
    private static final List<Integer> WIDTHS = List.of(1280, 1920);
    /** Du dernier rang, on lit 2,2 % de la hauteur de l'écran. */
    private static final double SMALLEST = 0.022;

    private static Course course;
    private static LabProcess lab;
    private static ChromeDriver driver;
    private static LabPage page;
    private static String walk;
    private static final List<Walk> WALKS = new ArrayList<>();

    /**
     * @param over points qui manquent à l'écran, en bas
     * @param cut cellules coupées à droite
     * @param type le plus petit texte, en points
     */
    private record Slide(long number, List<String> cells, long over, List<String> cut, boolean reached, double type, String typeIn) {

        static Slide of(Lesson lesson, Map<?, ?> json) {
            return new Slide((Long) json.get("number"), ids(lesson, json.get("cells")), (Long) json.get("over"),
                    ids(lesson, json.get("cut")), (Boolean) json.get("reached"), ((Number) json.get("smallest")).doubleValue(),
                    ids(lesson, List.of(json.get("smallestIn"))).getFirst());
        }

        private static List<String> ids(Lesson lesson, Object places) {
            return ((List<?>) places).stream().map(place -> lesson.cells().get(((Long) place).intValue()).id()).toList();
        }

        boolean tooSmall(int width) {
            return type < SMALLEST * width * 9 / 16;
        }

        /** Avant qu'on l'exécute, elle tient à l'écran ; après, on descend. */
        List<String> faults(int width, boolean run) {
            var faults = new ArrayList<String>();
            if (over > 0 && !run) faults.add("dépasse de " + over + " points");
            if (!reached) faults.add("le bas est hors d'atteinte");
            if (!cut.isEmpty()) faults.add("coupée à droite : " + String.join(", ", cut));
            if (tooSmall(width)) faults.add(String.format(Locale.ROOT, "texte de %.1f points (%s)", type, typeIn));
            return faults;
        }
    }

    private record Walk(Lesson lesson, int width, boolean run, List<Slide> slides) {

        List<String> faults() {
            return slides.stream().filter(slide -> !slide.faults(width, run).isEmpty())
                    .map(slide -> slide.number() + " à " + width + (run ? ", exécutée : " : " : ")
                            + String.join(" ; ", slide.faults(width, run)) + " [" + String.join(", ", slide.cells()) + "]")
                    .toList();
        }

        String row() {
            return String.format(Locale.ROOT, "| %s | %d | %s | %d | %d | %d | %d | %.1f |", lesson.name(), width, run ? "après" : "avant",
                    slides.size(), slides.stream().filter(slide -> slide.over() > 0).count(),
                    slides.stream().mapToLong(Slide::over).max().orElse(0), slides.stream().mapToLong(slide -> slide.cut().size()).sum(),
                    slides.stream().mapToDouble(Slide::type).min().orElse(0));
        }
    }

    @BeforeAll
    @Timeout(600)
    static void open() throws Exception {
        course = Course.find();
        walk = Files.readString(course.home().resolve("src/tests/browser/slides-walk.js"));
        var folder = course.build().resolve("slides-walk");
        Folders.deleteTree(folder);
        Files.createDirectories(folder);
        Folders.deleteTree(course.venv().resolve("jupyter/slides"));
        driver = Chromium.start(folder);
        driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(100));
        page = new LabPage(driver, folder);
        driver.executeCdpCommand("Network.enable", Map.of());
        lab = LabProcess.start(course, "--slides");
    }

    @AfterAll
    @Timeout(60)
    static void close() throws Exception {
        if (driver != null) driver.quit();
        if (lab != null) lab.close();
    }

    private static void writeTable() throws IOException {
        var lines = new ArrayList<String>();
        lines.add("| leçon | largeur | exécution | diapositives "
                + "| dépassent | la pire (points) | cellules coupées | plus petit texte (points) |");
        lines.add("|---|---|---|---|---|---|---|---|");
        for (var one : WALKS) lines.add(one.row());
        lines.add("");
        for (var one : WALKS) for (var fault : one.faults()) lines.add("- " + one.lesson().name() + ", " + fault);
        Files.write(course.build().resolve("diapositives.md"), lines);
    }

    static Stream<Named<Lesson>> lessons() throws Exception {
        return Lesson.chosen().stream().map(lesson -> Named.of(lesson.name(), lesson));
    }

    /** La leçon que l'on exécute : celle que l'on a choisie, sinon la 2. Toutes prendraient une demi-heure. */
    static Stream<Named<Lesson>> lessonsToRun() throws Exception {
        var all = System.getProperty("course.lesson", "").isEmpty();
        return lessons().filter(named -> all ? named.getPayload().isMirror() : !named.getPayload().codeCells().isEmpty());
    }

    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("lessons")
    @DisplayName("avant toute exécution, chaque diapositive tient à l'écran, et se lit du dernier rang")
    void before(Lesson lesson) throws IOException {
        startKernels(false);
        open(lesson);
        assertEquals(List.of(), measure(lesson, false));
    }

    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("lessons")
    @Timeout(600)
    @DisplayName("une fois exécutée, avec ses conclusions : rien n'est coupé à droite, et l'on atteint le bas de tout")
    void executed(Lesson lesson) throws Exception {
        startKernels(false);
        var copy = course.build().resolve(lesson.notebook().getFileName().toString());
        var plain = Files.readString(copy);
        try {
            Files.writeString(copy, Executed.of(lesson));
            trust(copy);
            open(lesson);
            assertEquals(List.of(), measure(lesson, true));
        } finally {
            Files.writeString(copy, plain);
        }
    }

    /** Sans cette signature, JupyterLab ne montre pas les dessins d'un notebook qui vient d'ailleurs. */
    private static void trust(Path notebook) throws Exception {
        var builder = new ProcessBuilder(course.python().toString(), "-c",
                "from nbformat.sign import TrustNotebookApp as app; app.launch_instance()", notebook.toString());
        builder.environment().put("JUPYTER_DATA_DIR", course.venv().resolve("jupyter/data").toString());
        var process = builder.redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }

    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("lessonsToRun")
    @Timeout(400)
    @DisplayName("chaque cellule exécutée à sa diapositive : sa dernière ligne est en vue, et l'on atteint tout ce qu'elle affiche")
    void after(Lesson lesson) throws IOException {
        startKernels(true);
        page.size(1280, 720);
        open(lesson);
        page.await("le noyau est prêt", () -> (Boolean) page.script(
                "return !!document.querySelector('.jp-Notebook-ExecutionIndicator[data-status=idle]')"));
        call("walk.start()");
        var unseen = new ArrayList<String>();
        do unseen.addAll(Slide.ids(lesson, call("walk.run()")));
        while ((Boolean) page.script(walk + "return walk.goOn()"));
        var faults = measure(lesson, true);
        assertEquals(List.of(), unseen, "cellules dont la dernière ligne n'est pas en vue");
        assertEquals(List.of(), faults);
    }

    private static void open(Lesson lesson) {
        driver.get(lab.projected("build/" + lesson.name() + ".ipynb").toString());
    }

    /** Mesurer n'en demande pas : une douzaine de noyaux occuperait la machine. */
    private static void startKernels(boolean wanted) {
        driver.executeCdpCommand("Network.setBlockedURLs",
                Map.of("urls", wanted ? List.of() : List.of("*/api/kernels*", "*/api/sessions*")));
    }

    /** @return ce qui ne va pas */
    private static List<String> measure(Lesson lesson, boolean run) throws IOException {
        var faults = new ArrayList<String>();
        for (int width : WIDTHS) {
            page.size(width, width * 9 / 16);
            var slides = ((List<?>) call("walk.slides(" + run + ")")).stream().map(slide -> Slide.of(lesson, (Map<?, ?>) slide)).toList();
            var one = new Walk(lesson, width, run, slides);
            WALKS.add(one);
            faults.addAll(one.faults());
        }
        writeTable();
        return faults;
    }

    private static Object call(String expression) {
        var result = driver.executeAsyncScript(walk + expression + ".then(arguments[0], error => arguments[0](error.stack))");
        if (result instanceof String error) {
            page.screenshot("parcours");
            fail(error);
        }
        return result;
    }
}
