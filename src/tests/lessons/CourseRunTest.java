package lessons;

import static org.junit.jupiter.api.Assertions.*;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Le sommaire et les leçons, sauf la 2, comme les élèves les exécutent, sur un noyau par leçon : tout, puis tout après un
 * redémarrage ; les exercices ; enfin, dans le même noyau, chaque cellule une seconde fois, dans un ordre au hasard. La leçon 2, qui suit
 * un plan imposé, a ses propres tests.
 */
@DisplayName("leçons, exécution")
@Timeout(900)
class CourseRunTest {

    /** Le hasard de l'ordre ; {@code COURSE_SEED} refait celui d'un échec. */
    private static final long SEED = seed();

    private static final List<String> PASSES = List.of("noyau neuf", "après redémarrage");

    private static final String STDERR_EXPECTED = "stderr-expected";

    /** Une leçon attend plus qu'elle ne calcule : deux à la fois prennent à peine plus de temps qu'une. */
    private static final ExecutorService TWO_AT_ONCE = Executors.newFixedThreadPool(2, Thread.ofPlatform().daemon().factory());

    /** Chaque leçon n'est exécutée qu'une fois pour tous les tests, même si elle échoue. */
    private static final Map<String, Future<NotebookRun>> RUNS = new LinkedHashMap<>();

    @BeforeAll
    static void startAll() throws Exception {
        lessons().map(Named::getPayload).forEach(lesson -> RUNS.put(lesson.name(), TWO_AT_ONCE.submit(() -> {
            var run = plan(lesson).execute();
            if (run.failure() == null) Executed.keep(lesson, run);
            return run;
        })));
    }

    /** Interrompues, celles qui courraient encore arrêtent leur noyau. */
    @AfterAll
    static void stopAll() {
        TWO_AT_ONCE.shutdownNow();
    }

    static Stream<Named<Lesson>> lessons() throws Exception {
        return Lesson.chosen().stream().filter(lesson -> !lesson.isMirror() && !lesson.codeCells().isEmpty())
                .map(lesson -> Named.of(lesson.name(), lesson));
    }

    private static long seed() {
        var chosen = System.getenv("COURSE_SEED");
        return chosen == null ? new Random().nextInt(10_000) : Long.parseLong(chosen);
    }

    @ParameterizedTest(name = "{displayName} ({0})", allowZeroInvocations = true)
    @MethodSource("lessons")
    @DisplayName("tout exécuter, redémarrer, recommencer : rien ne s'affiche hors d'une cellule, rien ne survit au noyau")
    void wholeRun(Lesson lesson) throws Exception {
        var run = run(lesson);
        assertNull(run.failure(), "le passage s'est arrêté");
        assertEquals(List.of(), run.strays(), "sorties sans cellule");
        assertEquals(List.of(), run.survivors(), "programmes qui survivent au noyau");
    }

    @TestFactory
    @DisplayName("chaque cellule finit sans erreur")
    Stream<DynamicContainer> noError() throws Exception {
        return lessons().map(Named::getPayload).map(lesson -> DynamicContainer.dynamicContainer(lesson.name(),
                Stream.iterate(0, pass -> pass + 1).limit(PASSES.size()).map(pass -> DynamicTest.dynamicTest(
                        lesson.name() + ", tout exécuter, " + PASSES.get(pass), () -> assertPass(lesson, pass)))));
    }

    private static void assertPass(Lesson lesson, int number) throws Exception {
        var pass = run(lesson).pass(number, lesson.codeCells().size());
        assertEquals(lesson.codeCells(), cells(pass.executions()), () -> "cellules exécutées ; " + pass.failure());
        assertNoError(lesson, pass.executions());
    }

    @TestFactory
    @DisplayName("exercices")
    Stream<DynamicTest> exercises() throws Exception {
        return lessons().map(Named::getPayload).flatMap(lesson -> Stream.iterate(1, n -> n + 1).limit(exerciseCount(lesson))
                .map(n -> DynamicTest.dynamicTest(lesson.name() + ", exercice " + n + " : le trou est refusé, la réponse repliée acceptée",
                        () -> new Exercises(lesson).asWritten(n).assertAll(run(lesson)))));
    }

    private static int exerciseCount(Lesson lesson) {
        var count = 0;
        while (lesson.has("exercise-" + (count + 1))) count++;
        return count;
    }

    @TestFactory
    @DisplayName("dans le désordre")
    Stream<DynamicTest> anyOrder() throws Exception {
        return lessons().map(Named::getPayload).map(lesson -> DynamicTest.dynamicTest(
                lesson.name() + ", chaque cellule une seconde fois, dans un ordre au hasard (COURSE_SEED=" + SEED + ")",
                () -> assertAnyOrder(lesson)));
    }

    private static void assertAnyOrder(Lesson lesson) throws Exception {
        var expected = shuffled(lesson);
        var executions = run(lesson).executions();
        var last = executions.subList(Math.max(0, executions.size() - expected.size()), executions.size());
        assertEquals(expected, cells(last), "cellules exécutées");
        assertNoError(lesson, last);
    }

    private static void assertNoError(Lesson lesson, List<NotebookRun.Execution> executions) {
        var bad = new LinkedHashMap<String, String>();
        for (var e : executions) {
            var quiet = e.errors().isEmpty() || e.status().equals("ok") && lesson.cell(e.cell()).hasTag(STDERR_EXPECTED);
            if (!e.status().equals("ok") || !quiet) bad.putIfAbsent(e.cell(), e.status() + " " + e.errors());
        }
        assertEquals(Map.of(), bad, () -> "cellules en erreur, exécutées dans cet ordre : " + cells(executions));
    }

    private static List<String> cells(List<NotebookRun.Execution> executions) {
        return executions.stream().map(NotebookRun.Execution::cell).toList();
    }

    private static NotebookRun run(Lesson lesson) throws Exception {
        try {
            return RUNS.get(lesson.name()).get();
        } catch (ExecutionException e) {
            throw new AssertionError("La leçon n'a pas pu être exécutée.", e.getCause());
        }
    }

    private static NotebookRun.Plan plan(Lesson lesson) {
        var plan = new NotebookRun.Plan(lesson).runAll().restart().runAll();
        return new Exercises(lesson).allAsWritten().addTo(plan).run(shuffled(lesson));
    }

    private static List<String> shuffled(Lesson lesson) {
        var cells = new ArrayList<>(lesson.codeCells());
        Collections.shuffle(cells, new Random(SEED));
        return cells;
    }
}
