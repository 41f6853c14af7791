package lessons.threads;

import static org.junit.jupiter.api.Assertions.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
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

/** Ce que montre la leçon 1, et ce que ses exercices disent des réponses que donnent les élèves. */
@Execution(ExecutionMode.CONCURRENT)
@DisplayName("leçon 1, les premiers threads")
class ThreadsTest {

    private static final List<String> WORDS = List.of("pain", "lait", "sucre", "fini");

    private static Exercises exercises;
    private static NotebookRun run;

    @BeforeAll
    @Timeout(900)
    static void runOnce() throws Exception {
        var lesson = Lesson.of("01-premiers-threads");
        exercises = outcomes(runAll(possible(new Exercises(lesson))));
        run = exercises.addTo(new NotebookRun.Plan(lesson).runAll().await("thread", 1, "<<< lait")).execute();
    }

    private static Exercises possible(Exercises exercises) {
        return exercises
                .refused(1, "rien", possible(""), "la réponse est vide")
                .refused(1, "null", "Set<String> possible() { return null; }", "la réponse est vide")
                .refused(1, "trois mots", possible("'pain lait fini'"), "n’est pas un ordre des quatre mots")
                .refused(1, "un mot deux fois", possible("'pain lait pain sucre fini'"), "n’est pas un ordre des quatre mots")
                .refused(1, "un mot d'ailleurs", possible("'pain lait sucre prêt'"), "n’est pas un ordre des quatre mots")
                .refused(1, "run lancerait un thread", possible("'pain sucre lait fini'"), "sugar ne démarre qu’une fois « lait » affiché")
                .refused(1, "fini avant run", possible("'pain fini lait sucre'"), "milk.run() est un appel ordinaire")
                .refused(1, "join n'attendrait pas", possible("'lait fini pain sucre'"), "bread.join() attend la fin de bread")
                .refused(1, "sucre toujours avant fini", possible("'pain lait sucre fini', 'lait pain sucre fini', 'lait sucre pain fini'"),
                        "il en manque 2. Le programme attend-il la fin de sugar")
                .refused(1, "pain toujours premier", possible("'pain lait sucre fini', 'pain lait fini sucre'"),
                        "il en manque 3. start n’attend pas")
                .refused(1, "pain toujours avant sucre",
                        possible("'pain lait sucre fini', 'pain lait fini sucre', 'lait pain sucre fini', 'lait pain fini sucre'"),
                        "il en manque 1. Qu’est-ce qui oblige « pain » à précéder « sucre »")
                .refused(1, "un oubli",
                        possible("'pain lait sucre fini', 'pain lait fini sucre', 'lait pain sucre fini', 'lait sucre pain fini'"),
                        "il en manque 1. Reprenez les places")
                .refused(1, "les vingt-quatre ordres", """
                        Set<String> possible() {
                            var all = new HashSet<String>();
                            var words = List.of("pain", "lait", "sucre", "fini");
                            for (var a : words) for (var b : words) for (var c : words) for (var d : words)
                                if (new HashSet<>(List.of(a, b, c, d)).size() == 4)
                                    all.add(String.join(" ", a, b, c, d));
                            return all;
                        }""", "est impossible")
                .accepted(1, "une liste triée, avec des virgules", """
                        Set<String> possible() {
                            return new TreeSet<>(List.of("pain, lait, sucre, fini", "pain, lait, fini, sucre", "lait, pain, sucre, fini",
                                "lait, pain, fini, sucre", "lait, sucre, pain, fini"));
                        }""")
                .accepted(1, "par les règles", """
                        Set<String> possible() {
                            var found = new HashSet<String>();
                            for (var rest : List.of("pain sucre fini", "pain fini sucre", "sucre pain fini")) found.add("lait " + rest);
                            for (var rest : List.of("sucre fini", "fini sucre")) found.add("pain lait " + rest);
                            return found;
                        }""")
                .accepted(1, "en majuscules, avec un doublon", """
                        Set<String> possible() {
                            return Set.of("Pain Lait Sucre Fini", "pain lait sucre fini", "PAIN LAIT FINI SUCRE", "lait pain sucre fini",
                                "lait pain fini sucre", "lait sucre pain fini");
                        }""");
    }

    private static String possible(String outputs) {
        return "Set<String> possible() { return Set.of(" + outputs.replace('\'', '"') + "); }";
    }

    private static Exercises runAll(Exercises exercises) {
        return exercises
                .refused(2, "get dans la boucle de lancement", runAll("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            for (var task : tasks) threads.submit(task).get();
                        }"""), "à 1 au plus en même temps, au lieu de 4")
                .refused(2, "tout dans le thread de l'appelant", runAll("for (var task : tasks) task.call();"), "à 1 au plus en même temps")
                .refused(2, "run au lieu de start", runAll("""
                        for (var task : tasks) {
                            var future = new FutureTask<>(task);
                            new Thread(future).run();
                            future.get();
                        }"""), "à 1 au plus en même temps")
                .refused(2, "un pool de deux threads", runAll("""
                        try (var threads = Executors.newFixedThreadPool(2)) {
                            for (var future : threads.invokeAll(tasks)) future.get();
                        }"""), "à 2 au plus en même temps")
                .refused(2, "des threads que personne n'attend", runAll("""
                        for (var task : tasks) new Thread(new FutureTask<>(task)).start();"""), "alors que 4 tâches travaillaient encore")
                .refused(2, "l'échec est affiché, non lancé", runAll("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            for (var future : threads.invokeAll(tasks)) {
                                try { future.get(); }
                                catch (ExecutionException failure) { IO.println(failure.getCause()); }
                            }
                        }"""), "votre méthode n’a rien lancé")
                .refused(2, "regarde l'état trop tôt", runAll("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var futures = new ArrayList<Future<String>>();
                            for (var task : tasks) futures.add(threads.submit(task));
                            for (var future : futures)
                                if (future.state() == Future.State.FAILED) throw new IOException(future.exceptionNow());
                        }"""), "votre méthode n’a rien lancé")
                .refused(2, "dort, puis regarde l'état", runAll("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var futures = new ArrayList<Future<String>>();
                            for (var task : tasks) futures.add(threads.submit(task));
                            Thread.sleep(500);
                            for (var future : futures)
                                if (future.state() == Future.State.FAILED) throw new IOException(future.exceptionNow());
                        }"""), "Ne devinez pas combien de temps attendre")
                .refused(2, "un drapeau que la tâche lève, lu trop tôt", runAll("""
                        var failed = new boolean[1];
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            for (var task : tasks) threads.submit(() -> {
                                try { task.call(); } catch (Exception failure) { failed[0] = true; }
                            });
                            if (failed[0]) throw new IOException("une tâche a échoué");
                        }"""), "votre méthode n’a rien lancé")
                .refused(2, "la cause est perdue", runAll("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            for (var future : threads.invokeAll(tasks)) {
                                try { future.get(); }
                                catch (ExecutionException failure) { throw new RuntimeException("une tâche a échoué"); }
                            }
                        }"""), "votre méthode lance RuntimeException, mais l’exception de la tâche n’y est plus")
                .refused(2, "resultNow", runAll("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            for (var future : threads.invokeAll(tasks)) future.resultNow();
                        }"""), "votre méthode lance IllegalStateException, mais l’exception de la tâche n’y est plus")
                .refused(2, "seulement la première future", runAll("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            threads.invokeAll(tasks).getFirst().get();
                        }"""), "votre méthode n’a rien lancé")
                .refused(2, "n'attend pas les autres quand l'une échoue", runAll("""
                        var threads = Executors.newVirtualThreadPerTaskExecutor();
                        var futures = new ArrayList<Future<String>>();
                        for (var task : tasks) futures.add(threads.submit(task));
                        for (var future : futures) future.get();"""), "alors que 2 tâches travaillaient encore")
                .refused(2, "refait chaque tâche pour en voir l'échec", runAll("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            threads.invokeAll(tasks);
                        }
                        for (var task : tasks) task.call();"""), "exécutée plusieurs fois")
                .refused(2, "oublie la dernière", runAll("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            for (var future : threads.invokeAll(tasks.subList(0, tasks.size() - 1))) future.get();
                        }"""), "1 tâches sur 4 n’ont pas été exécutées")
                .refused(2, "attend pour toujours", runAll("new CountDownLatch(1).await();"), "n’a pas fini en 5 secondes")
                .accepted(2, "invokeAll", runAll("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            for (var future : threads.invokeAll(tasks)) future.get();
                        }"""))
                .accepted(2, "des threads à la main, et la cause", runAll("""
                        var futures = tasks.stream().map(task -> new FutureTask<>(task)).toList();
                        var threads = futures.stream().map(future -> new Thread(future)).toList();
                        for (var thread : threads) thread.start();
                        for (var thread : threads) thread.join();
                        try { for (var future : futures) future.get(); }
                        catch (ExecutionException failure) { throw (Exception) failure.getCause(); }"""))
                .accepted(2, "tout attendre, puis lancer une seule exception", runAll("""
                        Exception first = null;
                        try (var threads = Executors.newFixedThreadPool(tasks.size())) {
                            var futures = new ArrayList<Future<String>>();
                            for (var task : tasks) futures.add(threads.submit(task));
                            for (var future : futures) {
                                try { future.get(); }
                                catch (ExecutionException failure) { first = new IllegalStateException("échec", failure.getCause()); }
                            }
                        }
                        if (first != null) throw first;"""));
    }

    private static String runAll(String body) {
        return "void runAll(List<Callable<String>> tasks) throws Exception {\n" + body.indent(4) + "}";
    }

    private static Exercises outcomes(Exercises exercises) {
        return exercises
                .refused(3, "get dans la boucle de lancement", outcomes("""
                        for (var task : tasks) {
                            try { texts.add(threads.submit(task).get()); }
                            catch (ExecutionException failure) { texts.add("échec : " + failure.getCause().getMessage()); }
                        }"""), "à 1 au plus en même temps, au lieu de 5")
                .refused(3, "sans rattraper", outcomes("for (var future : threads.invokeAll(tasks)) texts.add(future.get());"),
                        "votre méthode lance ExecutionException : les résultats des autres sont perdus")
                .refused(3, "resultNow", outcomes("for (var future : threads.invokeAll(tasks)) texts.add(future.resultNow());"),
                        "resultNow ne convient pas")
                .refused(3, "le message de l'ExecutionException", outcomes("""
                        for (var future : threads.invokeAll(tasks)) {
                            try { texts.add(future.get()); }
                            catch (ExecutionException failure) { texts.add("échec : " + failure.getMessage()); }
                        }"""), "celui de getCause()")
                .refused(3, "la cause entière", outcomes("""
                        for (var future : threads.invokeAll(tasks)) {
                            try { texts.add(future.get()); }
                            catch (ExecutionException failure) { texts.add("échec : " + failure.getCause()); }
                        }"""), "celui de getCause()")
                .refused(3, "les échecs sont oubliés", outcomes("""
                        for (var future : threads.invokeAll(tasks)) {
                            try { texts.add(future.get()); }
                            catch (ExecutionException failure) { }
                        }"""), "3 textes pour 5 tâches")
                .refused(3, "s'arrête au premier échec", outcomes("""
                        try { for (var future : threads.invokeAll(tasks)) texts.add(future.get()); }
                        catch (ExecutionException failure) { texts.add("échec : " + failure.getCause().getMessage()); }"""),
                        "2 textes pour 5 tâches")
                .refused(3, "une liste que les threads remplissent", outcomes("""
                        for (var task : tasks) threads.submit(() -> {
                            try { texts.add(task.call()); } catch (Exception failure) { texts.add("échec : " + failure.getMessage()); }
                        });
                        threads.close();"""), "range elle-même son texte")
                .refused(3, "la même, par execute", outcomes("""
                        for (var task : tasks) threads.execute(() -> {
                            try { texts.add(task.call()); } catch (Exception failure) { texts.add("échec : " + failure.getMessage()); }
                        });
                        threads.close();"""), "range elle-même son texte")
                .refused(3, "la même, par runAsync", outcomes("""
                        for (var task : tasks) CompletableFuture.runAsync(() -> {
                            try { texts.add(task.call()); } catch (Exception failure) { texts.add("échec : " + failure.getMessage()); }
                        }, threads);
                        threads.close();"""), "range elle-même son texte")
                .refused(3, "la même, par des tâches qui rendent null", outcomes("""
                        for (var task : tasks) threads.submit(() -> {
                            try { texts.add(task.call()); } catch (Exception failure) { texts.add("échec : " + failure.getMessage()); }
                            return null;
                        });
                        threads.close();"""), "dans l’ordre où elles ont fini")
                .refused(3, "une table que les threads remplissent", outcomes("""
                        var table = new HashMap<Integer, String>();
                        for (int i = 0; i < tasks.size(); i++) {
                            int number = i;
                            threads.submit(() -> {
                                try { table.put(number, tasks.get(number).call()); }
                                catch (Exception failure) { table.put(number, "échec : " + failure.getMessage()); }
                            });
                        }
                        threads.close();
                        for (int i = 0; i < tasks.size(); i++) texts.add(table.get(i));"""), "range elle-même son texte")
                .refused(3, "une case par thread, à la main", """
                        List<String> outcomes(List<Callable<String>> tasks) throws Exception {
                            var texts = new String[tasks.size()];
                            var threads = new ArrayList<Thread>();
                            for (int i = 0; i < texts.length; i++) {
                                int number = i;
                                threads.add(Thread.startVirtualThread(() -> {
                                    try { texts[number] = tasks.get(number).call(); }
                                    catch (Exception failure) { texts[number] = "échec : " + failure.getMessage(); }
                                }));
                            }
                            for (var thread : threads) thread.join();
                            return List.of(texts);
                        }""", "range elle-même son texte")
                .refused(3, "par ordre alphabétique", outcomes("""
                        for (var future : threads.invokeAll(tasks)) {
                            try { texts.add(future.get()); }
                            catch (ExecutionException failure) { texts.add("échec : " + failure.getCause().getMessage()); }
                        }
                        Collections.sort(texts);"""), "pas dans l’ordre des tâches")
                .refused(3, "regarde l'état sans attendre",
                        outcomes(
                                """
                        var futures = tasks.stream().map(threads::submit).toList();
                        for (var future : futures)
                            texts.add(future.state() == Future.State.SUCCESS ? future.resultNow() : "échec : ?");"""),
                        "la liste rendue est [échec : ?")
                .refused(3, "un pool de deux threads", """
                        List<String> outcomes(List<Callable<String>> tasks) throws Exception {
                            var texts = new ArrayList<String>();
                            try (var threads = Executors.newFixedThreadPool(2)) {
                                for (var future : threads.invokeAll(tasks)) {
                                    try { texts.add(future.get()); }
                                    catch (ExecutionException failure) { texts.add("échec : " + failure.getCause().getMessage()); }
                                }
                            }
                            return texts;
                        }""", "à 2 au plus en même temps, au lieu de 5")
                .accepted(3, "des futures dans une liste", outcomes("""
                        var futures = new ArrayList<Future<String>>();
                        for (var task : tasks) futures.add(threads.submit(task));
                        for (var future : futures) {
                            try { texts.add(future.get()); }
                            catch (ExecutionException failure) { texts.add("échec : " + failure.getCause().getMessage()); }
                        }"""))
                .accepted(3, "un échec devient un texte dans la tâche", outcomes("""
                        var safe = new ArrayList<Callable<String>>();
                        for (var task : tasks) safe.add(() -> {
                            try { return task.call(); } catch (Exception failure) { return "échec : " + failure.getMessage(); }
                        });
                        for (var future : threads.invokeAll(safe)) texts.add(future.get());"""))
                .accepted(3, "l'état, après invokeAll", outcomes("""
                        for (var future : threads.invokeAll(tasks))
                            texts.add(switch (future.state()) {
                                case SUCCESS -> future.resultNow();
                                default -> "échec : " + future.exceptionNow().getMessage();
                            });"""))
                .accepted(3, "des FutureTask, et des threads à la main", outcomes("""
                        var futures = tasks.stream().map(task -> new FutureTask<>(task)).toList();
                        for (var future : futures) new Thread(future).start();
                        for (var future : futures) {
                            try { texts.add(future.get()); }
                            catch (ExecutionException failure) { texts.add("échec : " + failure.getCause().getMessage()); }
                        }"""))
                .accepted(3, "un pool, et le texte de chaque échec", """
                        List<String> outcomes(List<Callable<String>> tasks) throws Exception {
                            try (var threads = Executors.newFixedThreadPool(tasks.size())) {
                                var futures = new ArrayList<Future<String>>();
                                for (var task : tasks) futures.add(threads.submit(() -> {
                                    try { return task.call(); } catch (Exception failure) { return "échec : " + failure.getMessage(); }
                                }));
                                var texts = new ArrayList<String>();
                                for (var future : futures) texts.add(future.get());
                                return texts;
                            }
                        }""")
                .accepted(3, "des CompletableFuture", outcomes("""
                        var futures = tasks.stream().map(task -> CompletableFuture.supplyAsync(() -> {
                            try { return task.call(); } catch (Exception failure) { return "échec : " + failure.getMessage(); }
                        }, threads)).toList();
                        for (var future : futures) texts.add(future.join());"""))
                .accepted(3, "une portée", """
                        List<String> outcomes(List<Callable<String>> tasks) throws Exception {
                            try (var scope = StructuredTaskScope.open(StructuredTaskScope.Joiner.<String>awaitAll())) {
                                var forks = tasks.stream().map(scope::fork).toList();
                                scope.join();
                                return forks.stream().map(fork -> fork.state() == StructuredTaskScope.Subtask.State.SUCCESS ? fork.get()
                                    : "échec : " + fork.exception().getMessage()).toList();
                            }
                        }""");
    }

    private static String outcomes(String body) {
        return """
                List<String> outcomes(List<Callable<String>> tasks) throws Exception {
                    var texts = new ArrayList<String>();
                    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                %s    }
                    return texts;
                }""".formatted(body.indent(8));
    }

    @Test
    @DisplayName("le passage va au bout, et une seule cellule écrit une erreur : celle du thread maladroit")
    void clean() {
        assertNull(run.failure(), "le passage s'est arrêté");
        assertEquals(List.of(), run.missing(), "lignes qui ne sont pas venues");
        assertEquals(List.of(), run.strays(), "sorties sans cellule");
        for (var execution : run.executions()) {
            assertEquals("ok", execution.status(), () -> execution.cell() + " " + execution.errors());
            assertEquals(execution.cell().equals("failure"), !execution.errors().isEmpty(), () -> execution.cell() + execution.errors());
        }
    }

    @Test
    @DisplayName("attendre prend du temps, et presque aucun calcul")
    void waiting() {
        var figures = Pattern.compile("(\\d+),(\\d{3}) s, dont (\\d+),(\\d{3}) s de calcul").matcher(run.first("waiting").text());
        assertTrue(figures.find(), () -> run.first("waiting").text());
        int elapsed = Integer.parseInt(figures.group(1) + figures.group(2));
        int computed = Integer.parseInt(figures.group(3) + figures.group(4));
        assertTrue(elapsed >= 1500, () -> run.first("waiting").text());
        assertTrue(computed < elapsed / 2, () -> run.first("waiting").text());
    }

    @Test
    @DisplayName("run reste dans le thread de la cellule ; start en prend un autre, dont la dernière ligne vient bien après")
    void runOrStart() {
        var lines = withoutTimes("thread");
        assertEquals(List.of(">>> pain, par cellule", "<<< pain, par cellule"), lines.subList(0, 2));
        assertEquals(Set.of(">>> lait, par crémière", "la cellule a fini"), Set.copyOf(lines.subList(2, 4)));
        assertEquals("<<< lait, par crémière", lines.get(4));
        assertTrue(run.first("thread").lateLines().getLast().endsWith("<<< lait, par crémière"));
    }

    @Test
    @DisplayName("join : deux lignes dans un ordre quelconque, puis deux dans le leur")
    void join() {
        var lines = withoutTimes("join");
        assertEquals(Set.of(">>> pain, par boulanger", "start a rendu la main"), Set.copyOf(lines.subList(0, 2)));
        assertEquals(List.of("<<< pain, par boulanger", "join a rendu la main"), lines.subList(2, 4));
    }

    @Test
    @DisplayName("mille courses, deux issues au plus, et A souvent premier")
    void order() {
        var counts = Pattern.compile("([AB]) puis ([AB])=(\\d+)").matcher(run.first("order").result()).results().toList();
        assertEquals(1000, counts.stream().mapToInt(count -> Integer.parseInt(count.group(3))).sum(), () -> run.first("order").result());
        assertTrue(counts.stream().allMatch(count -> !count.group(1).equals(count.group(2))));
        assertEquals("A", counts.getFirst().group(1), () -> run.first("order").result());
    }

    @Test
    @DisplayName("un exécuteur : submit rend la main avant la fin, et les résultats viennent ensemble")
    void executor() {
        var lines = withoutTimes("executor");
        assertTrue(lines.indexOf("submit a rendu la main deux fois") < lines.indexOf("<<< pain"), lines::toString);
        assertEquals(List.of("<<< pain", "<<< lait", "somme des résultats : 15"), lines.subList(lines.size() - 3, lines.size()));
    }

    @Test
    @DisplayName("un pool de deux threads : cinq tâches, deux noms, trois vagues")
    void pool() {
        assertEquals(5, withoutTimes("pool").size());
        assertTrue(withoutTimes("pool").stream().allMatch(name -> name.matches("pool-\\d+-thread-[12]")), () -> run.first("pool").text());
        assertTrue(run.first("pool").seconds() >= 0.6);
    }

    @Test
    @DisplayName("un thread qui échoue le dit, et la cellule continue ; une future qui échoue se tait jusqu'à get")
    void failures() {
        assertTrue(run.first("failure").errors().contains("NumberFormatException"), () -> run.first("failure").errors());
        assertEquals(List.of("la cellule continue"), run.first("failure").lines());
        assertEquals(List.of("aucun message ; état de la future : FAILED",
                "get échoue ; cause : java.lang.NumberFormatException: For input string: \"douze\""), run.first("silent").lines());
    }

    @Test
    @DisplayName("deux cents threads de plateforme, autant de threads du système ; dix mille virtuels, pas plus que de porteurs")
    void kinds() {
        var more = Pattern.compile(": (-?\\d+) threads du système").matcher(run.first("kinds").text()).results()
                .map(match -> Integer.parseInt(match.group(1))).toList();
        assertEquals(2, more.size(), () -> run.first("kinds").text());
        assertTrue(more.getFirst() >= 195, () -> run.first("kinds").text());
        assertTrue(more.getLast() <= Runtime.getRuntime().availableProcessors() + 5, () -> run.first("kinds").text());
    }

    @Test
    @DisplayName("toutes les attentes à la fois ; pas plus de calculs à la fois que de processeurs")
    void computing() {
        int processors = Runtime.getRuntime().availableProcessors();
        var most = Pattern.compile("(attendre|calculer) : au plus (\\d+) à la fois").matcher(run.first("computing").svg()).results()
                .map(match -> Integer.parseInt(match.group(2))).toList();
        assertEquals(processors, most.getLast(), most::toString);
        assertTrue(most.getFirst() > processors, most::toString);
        assertTrue(run.first("computing").svg().contains("processeur"), () -> run.first("computing").svg());
    }

    @Test
    @DisplayName("une sieste d'une minute finit dès qu'on l'interrompt")
    void interrupt() {
        assertEquals(List.of(">>> sieste, par dormeur", "interrompu : sieste", "le thread a fini : TERMINATED"), withoutTimes("interrupt"));
        assertTrue(run.first("interrupt").seconds() < 30);
    }

    /** Le programme de l'exercice 1, dont chaque ligne attend son tour : un ordre est possible si tous les tours viennent. */
    @Test
    @Timeout(60)
    @DisplayName("les cinq sorties de l'exercice 1 sont possibles, et elles seules : chacune des vingt-quatre est forcée")
    void forcedOrders() throws Exception {
        var trials = new ArrayList<Callable<String>>();
        for (var a : WORDS) for (var b : WORDS) for (var c : WORDS) for (var d : WORDS) {
            var order = List.of(a, b, c, d);
            if (new TreeSet<>(order).size() == 4) trials.add(() -> forced(order) ? String.join(" ", order) : "");
        }
        assertEquals(24, trials.size());
        var possible = new TreeSet<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var trial : threads.invokeAll(trials)) possible.add(trial.get());
        }
        possible.remove("");
        var solution = Pattern.compile("\"([^\"]+)\"").matcher(Lesson.of("01-premiers-threads").solution(1)).results()
                .map(match -> match.group(1)).toList();
        assertEquals(new TreeSet<>(solution), possible);
    }

    private static boolean forced(List<String> order) throws InterruptedException {
        var turns = order.stream().map(_ -> new CountDownLatch(1)).toList();
        var said = new ConcurrentLinkedQueue<String>();
        class Stage {
            void say(String word) {
                int turn = order.indexOf(word);
                try {
                    if (turn > 0 && !turns.get(turn - 1).await(2, TimeUnit.SECONDS)) return;       // son tour ne vient pas
                    said.add(word);
                    turns.get(turn).countDown();
                } catch (InterruptedException stop) {
                    // le mot n'est pas dit
                }
            }
        }
        var stage = new Stage();
        var bread = new Thread(() -> stage.say("pain"));
        var milk = new Thread(() -> stage.say("lait"));
        var sugar = new Thread(() -> stage.say("sucre"));
        bread.start();
        milk.run();
        sugar.start();
        bread.join();
        stage.say("fini");
        sugar.join();
        return List.copyOf(said).equals(order);
    }

    @TestFactory
    @DisplayName("exercices")
    Stream<DynamicTest> answerTests() {
        return exercises.tests(run);
    }

    /** Les lignes de la cellule, sans celle de départ ni l'heure de chacune. */
    private static List<String> withoutTimes(String cell) {
        return run.first(cell).lines().stream().filter(line -> !line.startsWith("-----"))
                .map(line -> line.replaceFirst("^\\d+s \\+ \\d+ms ", "")).toList();
    }
}
