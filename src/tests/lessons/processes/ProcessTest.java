package lessons.processes;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lessons.Exercises;
import lessons.Lesson;
import lessons.NotebookRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Ce que montrent les cellules de la leçon 7, et ce que ses vérifications disent des réponses que l'on donne vraiment. */
@DisplayName("leçon 7, les sous-processus")
class ProcessTest {

    private static final Pattern TIMED = Pattern.compile("(\\d+)s \\+ (\\d{3})ms (.*)");

    private static Exercises exercises;
    private static NotebookRun run;

    @BeforeAll
    @Timeout(300)
    static void runOnce() throws Exception {
        var lesson = Lesson.of("07-sous-processus");
        exercises = answers(lesson);
        var plan = new NotebookRun.Plan(lesson).runAll().await("follow", 1, "fini, code 0");
        run = exercises.addTo(plan).run("nothing-left")
                // la cellule de la fin doit aussi voir ce qui reste
                .runAs("follow", "var left = program(\"Counter\", \"300\").start();\nfollow(left);").await("follow", 1, "étape 1")
                .run("nothing-left").await("nothing-left", 1, "descendants").runAs("follow", "killTree(left);").execute();
    }

    private static Exercises answers(Lesson lesson) {
        return new Exercises(lesson)
                .refused(1, "ne lit qu'une sortie", """
                        int countLines(ProcessBuilder builder) throws Exception {
                            return (int) builder.start().inputReader(UTF_8).lines().count();
                        }""", "celles d’une seule sortie")
                .refused(1, "attend avant de lire", """
                        int countLines(ProcessBuilder builder) throws Exception {
                            var child = builder.redirectErrorStream(true).start();
                            child.waitFor();
                            return (int) child.inputReader(UTF_8).lines().count();
                        }""", "un tube est plein")
                .refused(1, "lit une sortie puis l'autre", """
                        int countLines(ProcessBuilder builder) throws Exception {
                            var child = builder.start();
                            return (int) (child.inputReader(UTF_8).lines().count() + child.errorReader(UTF_8).lines().count());
                        }""", "un tube est plein")
                .refused(1, "hérite des sorties", """
                        int countLines(ProcessBuilder builder) throws Exception {
                            return (int) builder.inheritIO().start().inputReader(UTF_8).lines().count();
                        }""", "vous en trouvez 0 au lieu de 6")
                .accepted(1, "avec finish", """
                        int countLines(ProcessBuilder builder) throws Exception {
                            var result = finish(builder.start(), 30);
                            return (int) (result.out().lines().count() + result.err().lines().count());
                        }""")
                .accepted(1, "avec un fichier", """
                        int countLines(ProcessBuilder builder) throws Exception {
                            var file = Files.createTempFile("lignes", ".txt");
                            file.toFile().deleteOnExit();
                            builder.redirectErrorStream(true).redirectOutput(file.toFile()).start().waitFor();
                            return Files.readAllLines(file).size();
                        }""")
                .refused(2, "force tout de suite", """
                        int stop(Process child, Duration grace) throws InterruptedException {
                            killTree(child);
                            return child.waitFor();
                        }""", "pas eu le temps de ranger")
                .refused(2, "demande, puis force sans attendre", """
                        int stop(Process child, Duration grace) throws InterruptedException {
                            child.destroy();
                            killTree(child);
                            return child.waitFor();
                        }""", "pas eu le temps de ranger")
                .refused(2, "ne force jamais", """
                        int stop(Process child, Duration grace) throws InterruptedException {
                            child.destroy();
                            return child.waitFor();
                        }""", "Il faut alors le forcer")
                .refused(2, "fait la liste trop tard", """
                        int stop(Process child, Duration grace) throws InterruptedException {
                            child.destroy();
                            if (!child.waitFor(grace)) child.destroyForcibly().waitFor();
                            child.descendants().forEach(ProcessHandle::destroyForcibly);
                            return child.exitValue();
                        }""", "avant de tuer")
                .refused(2, "ne rend pas le code", """
                        int stop(Process child, Duration grace) throws InterruptedException {
                            child.destroy();
                            if (!child.waitFor(grace)) killTree(child);
                            child.waitFor();
                            return 0;
                        }""", "et vous rendez 0")
                .accepted(2, "avec onExit, et la liste d'abord", """
                        int stop(Process child, Duration grace) throws InterruptedException {
                            var family = child.descendants().toList();
                            child.destroy();
                            try { child.onExit().get(grace.toMillis(), MILLISECONDS); }
                            catch (ExecutionException | TimeoutException e) { child.destroyForcibly(); }
                            family.forEach(ProcessHandle::destroyForcibly);
                            return child.waitFor();
                        }""")
                .refused(3, "l'un après l'autre", """
                        List<Integer> codes(List<ProcessBuilder> builders, int places) throws Exception {
                            var codes = new ArrayList<Integer>();
                            for (var builder : builders) codes.add(finish(builder.start(), 60).code());
                            return codes;
                        }""", "un seul enfant travaille")
                .refused(3, "tous à la fois", """
                        List<Integer> codes(List<ProcessBuilder> builders, int places) throws Exception {
                            var children = new ArrayList<Process>();
                            for (var builder : builders) children.add(builder.start());
                            return children.stream().map(child -> child.onExit().join().exitValue()).toList();
                        }""", "plus de deux enfants travaillent à la fois")
                .refused(3, "rend la place dès le lancement", """
                        List<Integer> codes(List<ProcessBuilder> builders, int places) throws Exception {
                            var throttle = new Throttle(places);
                            var children = new ArrayList<Process>();
                            for (var builder : builders)
                                try (var place = throttle.enter()) { children.add(builder.start()); }
                            return children.stream().map(child -> child.onExit().join().exitValue()).toList();
                        }""", "Une place se rend à la fin de l’enfant")
                .refused(3, "dans l'ordre des fins", """
                        List<Integer> codes(List<ProcessBuilder> builders, int places) throws Exception {
                            var throttle = new Throttle(places);
                            var codes = new CopyOnWriteArrayList<Integer>();
                            try (var threads = newVirtualThreadPerTaskExecutor()) {
                                for (var builder : builders) threads.submit(() -> {
                                    try (var place = throttle.enter()) { return codes.add(finish(builder.start(), 60).code()); }
                                });
                            }
                            return codes;
                        }""", "pas dans l’ordre de la liste")
                .accepted(3, "un pool de deux threads", """
                        List<Integer> codes(List<ProcessBuilder> builders, int places) throws Exception {
                            try (var pool = newFixedThreadPool(places)) {
                                var codes = new ArrayList<Future<Integer>>();
                                for (var builder : builders) codes.add(pool.submit(() -> builder.start().waitFor()));
                                return codes.stream().map(code -> {
                                    try { return code.get(); } catch (Exception e) { return -1; }
                                }).toList();
                            }
                        }""");
    }

    private record Line(long millis, String text) {

        static Line of(String line) {
            var matcher = TIMED.matcher(line);
            assertTrue(matcher.matches(), line);
            return new Line(1000 * Long.parseLong(matcher.group(1)) + Long.parseLong(matcher.group(2)), matcher.group(3));
        }
    }

    private static List<Line> timed(String cell) {
        return run.first(cell).lines().stream().filter(line -> TIMED.matcher(line).matches()).map(Line::of).toList();
    }

    private static List<String> steps(int last) {
        return IntStream.rangeClosed(1, last).mapToObj(i -> "étape " + i).toList();
    }

    @Test
    @DisplayName("aucune cellule en erreur")
    void clean() {
        run.assertClean();
    }

    @Test
    @DisplayName("attendre puis lire : tout s'affiche après la fin, accents compris")
    void waitThenRead() {
        assertTrue(run.first("wait-then-read").lines().getFirst().endsWith(", Counter, 4]"), "la commande");
        var lines = timed("wait-then-read").stream().map(Line::text).toList();
        assertTrue(lines.getFirst().startsWith("lancé, processus "), lines.toString());
        assertEquals("fini, code 0", lines.get(1));
        assertEquals(steps(4), lines.subList(2, 6));
    }

    @Test
    @DisplayName("lire à mesure : dix lignes à leur heure, sous la cellule déjà finie, puis la fin")
    void follow() {
        var lines = timed("follow");
        assertEquals(steps(10), lines.stream().map(Line::text).filter(text -> text.startsWith("étape")).toList());
        assertEquals(1, lines.stream().filter(line -> line.text().equals("fini, code 0")).count());
        assertTrue(run.first("follow").lateLines().size() >= 5, () -> "lignes tardives : " + run.first("follow").lateLines());
        assertTrue(lines.getLast().millis() - lines.getFirst().millis() >= 1000, () -> "à mesure, et non d'un coup : " + lines);
    }

    @Test
    @DisplayName("l'enfant échoue : sortie vide, message sur l'autre sortie, rien d'hérité, programme introuvable")
    void outputs() {
        var lines = run.first("outputs").lines();
        assertEquals("1. «  », code 1", lines.get(0));
        assertTrue(lines.get(1).startsWith("2. erreur : ") && lines.get(1).contains("ArithmeticException"), lines.get(1));
        assertTrue(lines.get(2).startsWith("3. mêlées : ") && lines.get(2).contains("ArithmeticException"), lines.get(2));
        assertEquals("4. héritées : code 1", lines.get(3));
        assertTrue(lines.get(4).startsWith("5. introuvable : ") && lines.get(4).contains("\"Divide 0\""), lines.get(4));
    }

    @Test
    @DisplayName("dialoguer : rien avant flush, la réponse après, la fin après close")
    void talk() {
        assertEquals(List.of("avant flush, une réponse attend : false", "après flush : BONJOUR", "après close : code 0"),
                run.first("talk").lines());
    }

    @Test
    @DisplayName("arrêter : le chef n'obéit pas, on le force, son ouvrier lui survit, et la liste est vide")
    void stop() {
        assertEquals(List.of("une demande suffit : false", "de force : code 137", "l'ouvrier vit : true, descendants : 0"),
                run.first("stop").lines());
    }

    @Test
    @DisplayName("tuer la famille : le chef et l'ouvrier sont finis")
    void killTree() {
        assertEquals(List.of("chef : code 137, ouvrier fini : true"), run.first("kill-tree").lines());
    }

    @Test
    @DisplayName("le tube plein : l'enfant n'a pas fini, et le tube n'a pas tout pris")
    void deadlock() {
        var lines = run.first("deadlock").lines();
        assertEquals("fini en 2 secondes : false", lines.get(0));
        var inPipe = Integer.parseInt(lines.get(1).replaceAll("octets dans le tube : (\\d+) sur 100000", "$1"));
        assertTrue(inPipe < 100_000, lines.get(1));
    }

    @Test
    @DisplayName("finish : le bavard va au bout ; délai et interruption tuent l'enfant")
    void finish() {
        var lines = run.first("finish-demo").lines();
        assertTrue(lines.get(0).endsWith(" : code 0, 100000 caractères"), lines.get(0));
        assertTrue(lines.get(1).endsWith(" : délai dépassé, code 137"), lines.get(1));
        assertTrue(lines.get(2).endsWith(" : attente interrompue, code 137"), lines.get(2));
    }

    @Test
    @DisplayName("dix enfants : une place, un à la fois ; quatre places, jamais plus de quatre, et c'est plus court")
    void measure() {
        var bars = run.first("measure").lines().stream().filter(line -> line.contains("█")).toList();
        assertEquals(20, bars.size(), bars.toString());
        assertEquals(1, mostAtOnce(bars.subList(0, 10)), bars.toString());
        assertTrue(mostAtOnce(bars.subList(10, 20)) > 1, bars.toString());
        var last = run.first("measure").lines().getLast();
        var ratio = Double.parseDouble(last.replaceAll("une place : ([\\d.,]+) fois plus long", "$1").replace(',', '.'));
        assertTrue(ratio > 1, last);
    }

    /** Le plus grand nombre de barres qui se couvrent, milieu contre milieu : l'arrondi déplace les bouts d'une case. */
    private static long mostAtOnce(List<String> bars) {
        return bars.stream().mapToLong(bar -> {
            int middle = (bar.indexOf('█') + bar.length()) / 2;
            return bars.stream().filter(other -> other.indexOf('█') <= middle && middle < other.length()).count();
        }).max().orElse(0);
    }

    @Test
    @DisplayName("enchaîner : les lignes passent en majuscules, l'échec du premier maillon ne se voit que dans son code")
    void pipeline() {
        var lines = run.first("pipeline").lines();
        assertEquals(steps(5).stream().map(String::toUpperCase).toList(), timed("pipeline").stream().map(Line::text).toList());
        assertEquals(List.of("dernier maillon : code 0", "tous les codes : [1, 0]"), lines.subList(lines.size() - 3, lines.size() - 1));
        assertTrue(lines.getLast().startsWith("écrire à un disparu : "), lines.getLast());
    }

    @Test
    @DisplayName("ni processus ni thread à la fin de la leçon, ni après toutes les réponses aux exercices")
    void nothingLeft() {
        var nothing = List.of("processus descendants : 0, threads qui lisent : 0");
        assertEquals(nothing, run.all("nothing-left").get(0).lines());
        assertEquals(nothing, run.all("nothing-left").get(1).lines());
    }

    @Test
    @DisplayName("la dernière cellule nomme ce qui reste, quand il en reste")
    void somethingLeft() {
        var lines = run.last("nothing-left").lines();
        assertEquals("processus descendants : 1, threads qui lisent : 1", lines.getLast());
        assertTrue(lines.getFirst().contains("Counter"), lines.getFirst());
    }

    @TestFactory
    @DisplayName("exercices")
    Stream<DynamicTest> verdicts() {
        return exercises.tests(run);
    }
}
