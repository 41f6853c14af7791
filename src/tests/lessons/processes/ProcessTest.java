package lessons.processes;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
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
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Ce que montrent les cellules de la leçon 7, et ce que ses vérifications disent des réponses que l'on donne vraiment. */
@Execution(ExecutionMode.CONCURRENT)
@DisplayName("leçon 7, les sous-processus")
class ProcessTest {

    private static final Pattern TIMED = Pattern.compile("(\\d+)s \\+ (\\d{3})ms (.*)");

    private static Exercises exercises;
    private static NotebookRun run;

    /** Un ouvrier né après le début de l'attente, dont le chef meurt ensuite : il faut l'avoir vu naître. */
    private static final String BORN_LATE = """
            Children.add("LateLeaver", \"""
                void main() throws Exception {
                    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
                    var classes = System.getProperty("java.class.path");
                    Thread.sleep(500);
                    var worker = new ProcessBuilder(java, "-cp", classes, "Counter", "300").inheritIO().start();
                    Files.writeString(Path.of(System.getProperty("late")), "" + worker.pid());
                    Thread.sleep(1500);
                }
                \""");
            var note = Files.createTempFile("ouvrier", ".pid");
            var lateBuilder = program("LateLeaver");
            lateBuilder.command().add(1, "-Dlate=" + note);
            startTimer();
            try { finish(lateBuilder.start(), Duration.ofSeconds(4)); } catch (TimeoutException late) { showTimer("trop tard"); }
            var born = ProcessHandle.of(Long.parseLong(Files.readString(note)));
            IO.println("ouvrier fini : " + (born.isEmpty() || ended(born.get())));
            Files.delete(note);
            """;

    /** Un enfant qui ne finit pas, et un autre qui n'existe pas : l'échec se voit, avec sa cause. */
    private static final String FAILURES = """
            var stubborn = program("Boss").start();
            try { finish(stubborn, Duration.ofSeconds(1)); }
            catch (TimeoutException late) { IO.println("délai dépassé, code " + stubborn.waitFor()); }
            try { together(2, () -> finish(new ProcessBuilder("aucun programme").start(), Duration.ofSeconds(5))); }
            catch (ExecutionException failure) { IO.println("cause : " + failure.getCause().getClass().getSimpleName()); }
            var gone = program("UpperCase").start();
            gone.outputWriter(UTF_8).close();
            gone.waitFor();
            try (var lost = gone.outputWriter(UTF_8)) { lost.write("5\\n"); lost.flush(); }
            catch (IOException failure) { IO.println("écrire à un disparu : IOException"); }
            """;

    @BeforeAll
    @Timeout(900)
    static void runOnce() throws Exception {
        var lesson = Lesson.of("07-sous-processus");
        exercises = answers(lesson);
        var plan = new NotebookRun.Plan(lesson).runAll().await("follow", 1, "fini, code 0")
                .runAs("heir", BORN_LATE).runAs("finish-demo", FAILURES);
        run = exercises.addTo(plan).run("nothing-left")
                // la cellule de la fin doit aussi voir ce qui reste
                .runAs("follow", "var late = program(\"Counter\", \"300\").start();\nfollow(late);").await("follow", 1, "étape 1")
                .run("nothing-left").await("nothing-left", 1, "descendants").runAs("follow", "killTree(late);").execute();
    }

    private static Exercises answers(Lesson lesson) {
        return new Exercises(lesson)
                .refused(1, "ne lit qu'une sortie", listen("""
                        child.inputReader(UTF_8).lines().forEach(line -> heard.accept("sortie", line));
                        return child.waitFor();"""), "« erreur » n’a pas été entendue")
                .refused(1, "lit une sortie puis l'autre", listen("""
                        child.errorReader(UTF_8).lines().forEach(line -> heard.accept("erreur", line));
                        child.inputReader(UTF_8).lines().forEach(line -> heard.accept("sortie", line));
                        return child.waitFor();"""), "« sortie » n’a pas été entendue")
                .refused(1, "attend avant de lire", listen("""
                        int code = child.waitFor();
                        child.inputReader(UTF_8).lines().forEach(line -> heard.accept("sortie", line));
                        child.errorReader(UTF_8).lines().forEach(line -> heard.accept("erreur", line));
                        return code;"""), "vous attendez sa fin")
                .refused(1, "mêle les deux sorties", """
                        int listen(ProcessBuilder builder, BiConsumer<String, String> heard) throws Exception {
                            var child = builder.redirectErrorStream(true).start();
                            child.inputReader(UTF_8).lines().forEach(line -> heard.accept("sortie", line));
                            return child.waitFor();
                        }""", "on ne sait plus d’où vient une ligne")
                .refused(1, "hérite des sorties", """
                        int listen(ProcessBuilder builder, BiConsumer<String, String> heard) throws Exception {
                            return builder.inheritIO().start().waitFor();
                        }""", "aucune ligne")
                .refused(1, "deux threads sans verrou", listen(READERS.formatted("heard.accept(name, line);", "one.join(); two.join();")),
                        "deux threads sont dans heard")
                .refused(1, "un verrou par thread", listen(READERS.formatted(
                        "var lock = new ReentrantLock(); lock.lock(); try { heard.accept(name, line); } finally { lock.unlock(); }",
                        "one.join(); two.join();")), "deux threads sont dans heard")
                .refused(1, "un compteur partagé, sans verrou", listen("var count = new int[1];\n"
                        + READERS.formatted("count[0]++; heard.accept(name, line);", "one.join(); two.join();")),
                        "deux threads sont dans heard")
                .refused(1, "le verrou pris pour toute la lecture", listen("""
                        var lock = new Object();
                        var one = Thread.startVirtualThread(() -> { synchronized (lock) {
                            child.inputReader(UTF_8).lines().forEach(line -> heard.accept("sortie", line)); } });
                        var two = Thread.startVirtualThread(() -> { synchronized (lock) {
                            child.errorReader(UTF_8).lines().forEach(line -> heard.accept("erreur", line)); } });
                        one.join();
                        two.join();
                        return child.waitFor();"""), "n’a pas été entendue")
                .refused(1, "le verrou jamais rendu", listen("var lock = new ReentrantLock();\n"
                        + READERS.formatted("lock.lock(); heard.accept(name, line);", "one.join(); two.join();")), "n’a pas été entendue")
                .refused(1, "n'attend pas ses lecteurs", listen("var lock = new Object();\n"
                        + READERS.formatted("synchronized (lock) { heard.accept(name, line); }", "")), "un thread lisait encore")
                .refused(1, "n'attend qu'un lecteur", listen("var lock = new Object();\n"
                        + READERS.formatted("synchronized (lock) { heard.accept(name, line); }", "one.join();")),
                        "un thread lisait encore")
                .refused(1, "échange les noms", listen("var lock = new Object();\n" + READERS.formatted(
                        "synchronized (lock) { heard.accept(name.equals(\"sortie\") ? \"erreur\" : \"sortie\", line); }",
                        "one.join(); two.join();")), "portent un mauvais nom")
                .refused(1, "ne rend pas le code", listen("var lock = new Object();\n" + READERS.formatted(
                        "synchronized (lock) { heard.accept(name, line); }", "one.join(); two.join(); if (true) return 0;")),
                        "et vous rendez 0")
                .accepted(1, "une file, et un seul thread qui parle", listen("""
                        var queue = new LinkedBlockingQueue<String[]>();
                        Map.of("sortie", child.inputReader(UTF_8), "erreur", child.errorReader(UTF_8)).forEach((name, stream) ->
                            Thread.startVirtualThread(() -> {
                                stream.lines().forEach(line -> queue.add(new String[] {name, line}));
                                queue.add(new String[] {"fin"});
                            }));
                        for (int ends = 0; ends < 2; ) {
                            var line = queue.take();
                            if (line.length == 1) ends++;
                            else heard.accept(line[0], line[1]);
                        }
                        return child.waitFor();"""))
                .accepted(1, "synchronized", listen("var lock = new Object();\n"
                        + READERS.formatted("synchronized (lock) { heard.accept(name, line); }", "one.join(); two.join();")))
                .accepted(1, "un exécuteur d'un seul thread", listen("try (var mouth = Executors.newSingleThreadExecutor()) {\n"
                        + READERS.formatted("mouth.submit(() -> heard.accept(name, line));", "one.join(); two.join();")
                                .replace("return child.waitFor();", "}\nreturn child.waitFor();")))

                .refused(2, "force tout de suite", stopAll("for (var child : children) killTree(child);"), "pas eu le temps de ranger")
                .refused(2, "demande, puis force sans attendre", stopAll("""
                        for (var child : children) child.destroy();
                        for (var child : children) killTree(child);"""), "pas eu le temps de ranger")
                .refused(2, "ne force jamais", stopAll("""
                        for (var child : children) child.destroy();
                        for (var child : children) child.waitFor();"""), "Il faut alors le forcer")
                .refused(2, "attend sans forcer", stopAll("""
                        for (var child : children) child.destroy();
                        Thread.sleep(grace);"""), "il faut le forcer")
                .refused(2, "l'un après l'autre", stopAll("""
                        for (var child : children) {
                            var family = Family.of(child);
                            child.destroy();
                            child.waitFor(grace);
                            family.close();
                        }"""), "les délais s’ajoutent")
                .refused(2, "demande à tous, mais un délai chacun", stopAll("""
                        var families = children.stream().map(Family::of).toList();
                        for (var child : children) child.destroy();
                        for (int i = 0; i < children.size(); i++) {
                            children.get(i).waitFor(grace);
                            families.get(i).close();
                        }"""), "les délais s’ajoutent")
                .refused(2, "oublie les ouvriers", stopAll("""
                        long end = System.nanoTime() + grace.toNanos();
                        for (var child : children) child.destroy();
                        for (var child : children) child.waitFor(Duration.ofNanos(end - System.nanoTime()));
                        for (var child : children) child.destroyForcibly();"""), "pendant que le chef vit")
                .refused(2, "fait la liste trop tard", stopAll("""
                        long end = System.nanoTime() + grace.toNanos();
                        for (var child : children) child.destroy();
                        for (var child : children) child.waitFor(Duration.ofNanos(end - System.nanoTime()));
                        for (var child : children) killTree(child);"""), "pendant que le chef vit")
                .refused(2, "attend toujours tout le délai", stopAll("""
                        var families = children.stream().map(Family::of).toList();
                        for (var child : children) child.destroy();
                        Thread.sleep(grace);
                        for (var family : families) family.close();"""), "attend encore la fin du délai")
                .refused(2, "ne demande rien", stopAll("""
                        long end = System.nanoTime() + grace.toNanos();
                        var families = children.stream().map(Family::of).toList();
                        for (var child : children) child.waitFor(Duration.ofNanos(end - System.nanoTime()));
                        for (var family : families) family.close();"""), "ranger")
                .refused(2, "rend la main trop tôt", stopAll("""
                        for (var child : children) Thread.startVirtualThread(() -> {
                            try (var family = Family.of(child)) {
                                child.destroy();
                                child.waitFor(grace);
                            } catch (InterruptedException e) { }
                        });"""), "un enfant vit encore")
                .accepted(2, "un thread par enfant", stopAll("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            for (var child : children) threads.submit(() -> {
                                try (var family = Family.of(child)) {
                                    child.destroy();
                                    return child.waitFor(grace);
                                }
                            });
                        }"""))
                .accepted(2, "avec allOf, et les listes d'abord", stopAll("""
                        var families = new ArrayList<ProcessHandle>();
                        for (var child : children) families.add(child.toHandle());
                        for (var child : children) families.addAll(child.descendants().toList());
                        for (var child : children) child.destroy();
                        var all = CompletableFuture.allOf(children.stream().map(Process::onExit).toArray(CompletableFuture[]::new));
                        try { all.get(grace.toMillis(), TimeUnit.MILLISECONDS); } catch (TimeoutException late) { }
                        families.forEach(ProcessHandle::destroyForcibly);
                        for (var child : children) child.waitFor();"""))

                .refused(3, "l'un après l'autre", first("""
                        for (var builder : builders) {
                            var result = finish(builder.start(), limit);
                            if (result.code() == 0) return result.out();
                        }
                        throw new IOException("aucun");"""), "ne travaillent pas tous en même temps")
                .refused(3, "le premier qui finit", first("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var jobs = new ArrayList<Callable<String>>();
                            for (var builder : builders) jobs.add(() -> finish(builder.start(), limit).out());
                            return threads.invokeAny(jobs);
                        }"""), "vous rendez sa sortie")
                .refused(3, "anyOf", first("""
                        var jobs = builders.stream().map(builder -> CompletableFuture.supplyAsync(() -> {
                            try {
                                var result = finish(builder.start(), limit);
                                if (result.code() != 0) throw new IOException("code " + result.code());
                                return result.out();
                            } catch (Exception e) { throw new CompletionException(e); }
                        }, Executors.newVirtualThreadPerTaskExecutor())).toArray(CompletableFuture[]::new);
                        return (String) CompletableFuture.anyOf(jobs).get();"""), "vous abandonnez les autres")
                .refused(3, "attend tout le monde", first("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var jobs = new ArrayList<Callable<Result>>();
                            for (var builder : builders) jobs.add(() -> finish(builder.start(), limit));
                            for (var job : threads.invokeAll(jobs)) if (job.get().code() == 0) return job.get().out();
                            throw new IOException("aucun");
                        }"""), "votre méthode n’a pas rendu sa réponse")
                .refused(3, "laisse vivre les perdants", first("""
                        var answer = new CompletableFuture<String>();
                        for (var builder : builders) Thread.startVirtualThread(() -> {
                            try {
                                var child = builder.start();
                                var out = child.inputReader(UTF_8).readAllAsString();
                                if (child.waitFor() == 0) answer.complete(out);
                            } catch (Exception e) { }
                        });
                        return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);"""), "Il faut le tuer")
                .refused(3, "ne tue que les chefs", first("""
                        var answer = new CompletableFuture<String>();
                        var children = new ArrayList<Process>();
                        for (var builder : builders) children.add(builder.start());
                        for (var child : children) child.onExit().thenAccept(ended -> {
                            try { if (ended.exitValue() == 0) answer.complete(ended.inputReader(UTF_8).readAllAsString()); }
                            catch (IOException e) { answer.completeExceptionally(e); }
                        });
                        try { return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS); }
                        finally { children.forEach(Process::destroyForcibly); }"""), "son ouvrier vit encore")
                .refused(3, "rend du vide quand personne ne réussit", first("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var jobs = new ArrayList<Callable<String>>();
                            for (var builder : builders) jobs.add(() -> {
                                var result = finish(builder.start(), limit);
                                if (result.code() != 0) throw new IOException("code " + result.code());
                                return result.out();
                            });
                            return threads.invokeAny(jobs);
                        } catch (ExecutionException nobody) { return ""; }"""), "lancez une exception")
                .refused(3, "oublie la limite", first("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var jobs = new ArrayList<Callable<String>>();
                            for (var builder : builders) jobs.add(() -> {
                                var result = finish(builder.start(), Duration.ofMinutes(1));
                                if (result.code() != 0) throw new IOException("code " + result.code());
                                return result.out();
                            });
                            return threads.invokeAny(jobs);
                        }"""), "votre méthode attend encore")
                .refused(3, "rend le code au lieu de la sortie", first("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var jobs = new ArrayList<Callable<String>>();
                            for (var builder : builders) jobs.add(() -> {
                                var result = finish(builder.start(), limit);
                                if (result.code() != 0) throw new IOException("code " + result.code());
                                return "" + result.code();
                            });
                            return threads.invokeAny(jobs);
                        }"""), "et vous rendez « 0 »")
                .accepted(3, "onExit, et les familles d'abord", first("""
                        var answer = new CompletableFuture<String>();
                        var families = new ArrayList<Family>();
                        try {
                            for (var builder : builders) {
                                var child = builder.start();
                                families.add(Family.of(child));
                                child.onExit().thenAccept(ended -> {
                                    try { if (ended.exitValue() == 0) answer.complete(ended.inputReader(UTF_8).readAllAsString()); }
                                    catch (IOException e) { answer.completeExceptionally(e); }
                                });
                            }
                            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
                        } finally { families.forEach(Family::close); }"""))
                .accepted(3, "une file de réponses", first("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var service = new ExecutorCompletionService<Result>(threads);
                            var jobs = new ArrayList<Future<Result>>();
                            for (var builder : builders) jobs.add(service.submit(() -> finish(builder.start(), limit)));
                            try {
                                for (var ignored : builders) {
                                    var done = service.take();
                                    if (done.state() == Future.State.SUCCESS && done.get().code() == 0) return done.get().out();
                                }
                                throw new IOException("aucun");
                            } finally { for (var job : jobs) job.cancel(true); }
                        }"""));
    }

    /** Deux lecteurs ; à compléter : ce que chacun fait d'une ligne, et comment on les attend. */
    private static final String READERS = """
            BiConsumer<String, BufferedReader> read = (name, stream) -> stream.lines().forEach(line -> { %s });
            var one = Thread.startVirtualThread(() -> read.accept("sortie", child.inputReader(UTF_8)));
            var two = Thread.startVirtualThread(() -> read.accept("erreur", child.errorReader(UTF_8)));
            %s
            return child.waitFor();""";

    private static String listen(String body) {
        return "int listen(ProcessBuilder builder, BiConsumer<String, String> heard) throws Exception {\nvar child = builder.start();\n"
                + body + "\n}";
    }

    private static String stopAll(String body) {
        return "void stopAll(List<Process> children, Duration grace) throws Exception {\n" + body + "\n}";
    }

    private static String first(String body) {
        return "String first(List<ProcessBuilder> builders, Duration limit) throws Exception {\n" + body + "\n}";
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
    @DisplayName("chaque enfant occupe deux threads de plateforme : celui qui attend sa fin, et celui qui porte son lecteur")
    void whoWaits() {
        var lines = run.first("who-waits").lines();
        assertEquals(5, number(lines.get(0)), lines::toString);
        assertTrue(number(lines.get(1)) >= 5, lines::toString);
    }

    private static int number(String line) {
        return Integer.parseInt(line.replaceFirst(".* : ", ""));
    }

    @Test
    @DisplayName("l'enfant échoue : sortie vide, message sur l'autre sortie, rien d'hérité ; un seul texte n'est pas une commande")
    void outputs() {
        var lines = run.first("outputs").lines();
        assertEquals("1. sortie : «  »", lines.get(0));
        assertTrue(lines.get(1).startsWith("2. erreur : ") && lines.get(1).contains("ArithmeticException"), lines.get(1));
        assertEquals("3. code : 1", lines.get(2));
        assertTrue(lines.get(3).startsWith("4. mêlées : ") && lines.get(3).contains("ArithmeticException"), lines.get(3));
        assertEquals("5. héritées : code 1", lines.get(4));
        assertThrows(IOException.class, () -> new ProcessBuilder("Counter 4").start());
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
        assertEquals(List.of("une demande suffit : false", "de force : code 137", "l'ouvrier vit : true, fils : 0"),
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
    @DisplayName("finish : le bavard va au bout ; l'interruption de l'attente tue l'enfant, et ne se perd pas")
    void finish() {
        assertEquals(List.of("Chatty : 100000 caractères, code 0", "Counter : java.lang.InterruptedException, code 137"),
                run.first("finish-demo").lines());
    }

    /** Sans échéance commune, elle attendrait l'ouvrier : soixante secondes. */
    @Test
    @DisplayName("finish : un petit-fils tient le tube d'un enfant mort ; elle rend la main à sa limite, et le tue")
    void heir() {
        var line = timed("heir").getLast();
        assertEquals("trop tard ; enfant : code 0 ; ouvrier fini : true", line.text());
        assertTrue(line.millis() >= 2000 && line.millis() < 20_000, line::toString);
    }

    @Test
    @DisplayName("finish : un petit-fils né pendant l'attente est tué aussi, à la même limite")
    void bornLate() {
        var lines = run.last("heir").lines();
        assertEquals("ouvrier fini : true", lines.getLast());
        var line = Line.of(lines.get(1));
        assertEquals("trop tard", line.text());
        assertTrue(line.millis() >= 4000 && line.millis() < 25_000, line::toString);
    }

    @Test
    @DisplayName("finish : le délai tue l'enfant sourd ; un programme absent dit pourquoi ; écrire à un disparu est une IOException")
    void failures() {
        assertEquals(List.of("délai dépassé, code 137", "cause : IOException", "écrire à un disparu : IOException"),
                run.last("finish-demo").lines());
    }

    @Test
    @DisplayName("dix enfants : une place, un à la fois ; quatre places, jamais plus de quatre, et c'est plus court")
    void measure() {
        var groups = run.first("measure").result().split("au plus . à la fois");
        assertEquals(3, groups.length, run.first("measure").result());
        for (var group : List.of(groups[1], groups[2])) assertEquals(10, bars(group).size(), group);
        assertEquals(1, mostAtOnce(bars(groups[1])), groups[1]);
        assertTrue(mostAtOnce(bars(groups[2])) > 1 && mostAtOnce(bars(groups[2])) <= 4, groups[2]);
        assertTrue(length(groups[2]) < length(groups[1]), () -> run.first("measure").result());
    }

    private static List<String> bars(String group) {
        return group.lines().filter(line -> line.contains("█")).toList();
    }

    private static int length(String group) {
        return bars(group).stream().mapToInt(String::length).max().orElse(0);
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
        assertEquals(List.of("--- une panne", "un maillon : code 1", "un maillon : code 0"), lines.subList(lines.size() - 3, lines.size()));
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
