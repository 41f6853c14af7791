package lessons.stopping;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
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

/**
 * Ce que montre la leçon 9, ce que son texte affirme sans le montrer, et ce que ses exercices disent des réponses que donnent les élèves.
 * Les affirmations s'exécutent à la place de cellules déjà exécutées.
 */
@Execution(ExecutionMode.CONCURRENT)
@DisplayName("leçon 9, s'arrêter à temps")
class StoppingTest {

    private static final String DONE = "█";
    private static final String STOPPED = "▒";

    /** Le drapeau, levé avant l'attente, n'est pas perdu. */
    private static final String EARLY = """
            Thread.startVirtualThread(() -> {
                Thread.currentThread().interrupt();
                IO.println("avant : " + flag());
                try { Thread.sleep(60_000); } catch (InterruptedException e) { IO.println("après : " + flag()); }
            }).join();
            """;

    /** Un thread de plateforme qui lit un socket : l'interruption ne fait rien, fermer le réveille. */
    private static final String CLOSING_WAKES = """
            var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            var socket = new Socket(silent.getInetAddress(), silent.getLocalPort());
            var reader = Thread.ofPlatform().daemon().start(() -> {
                try { socket.getInputStream().read(); } catch (IOException e) { IO.println("lecture : " + e.getMessage()); }
            });
            reader.interrupt();
            IO.println("après interrupt, fini : " + reader.join(Duration.ofMillis(300)));
            socket.close();
            silent.close();
            IO.println("après close, fini : " + reader.join(Duration.ofSeconds(20)));
            """;

    /** Un thread virtuel interrompu pendant qu'il lit un socket : le socket est fermé. */
    private static final String SOCKET_CLOSED = """
            try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                 var socket = new Socket(silent.getInetAddress(), silent.getLocalPort())) {
                var reader = Thread.startVirtualThread(() -> {
                    try { socket.getInputStream().read(); } catch (IOException e) { IO.println(e.getMessage() + ", drapeau " + flag()); }
                });
                for (; !reader.getState().equals(Thread.State.WAITING); Thread.sleep(10)) { }
                reader.interrupt();
                reader.join();
                IO.println("fermé : " + socket.isClosed());
            }
            """;

    /** Un enfant tué : la lecture de sa sortie finit. */
    private static final String KILLING_WAKES = """
            var child = new ProcessBuilder("sort").start();
            var reader = Thread.startVirtualThread(() -> {
                try { IO.println("lu : " + child.inputReader().read()); } catch (IOException e) { IO.println("lu : " + e.getMessage()); }
            });
            child.destroyForcibly();
            IO.println("fini : " + reader.join(Duration.ofSeconds(20)));
            child.waitFor();
            """;

    /** Drapeau levé : Files lit tout, et le laisse levé ; un FileChannel est fermé. */
    private static final String FILES = """
            var file = Files.writeString(Files.createTempFile("lecon", ".txt"), "tout le texte");
            Thread.startVirtualThread(() -> {
                Thread.currentThread().interrupt();
                try { IO.println("Files : " + Files.readString(file) + ", drapeau " + flag()); } catch (IOException e) { IO.println(e); }
                try (var channel = FileChannel.open(file)) { IO.println(channel.read(ByteBuffer.allocate(10))); }
                catch (IOException e) { IO.println("FileChannel : " + e.getClass().getSimpleName()); }
            }).join();
            Files.delete(file);
            """;

    /** Sans reprendre l'exception : le drapeau relevé reste visible de celui qui a appelé, et fait échouer l'attente suivante. */
    private static final String RAISED_AGAIN = """
            void politely() {
                try { Thread.sleep(60_000); }
                catch (InterruptedException e) { Thread.currentThread().interrupt(); return; }
            }
            Thread.startVirtualThread(() -> {
                Thread.currentThread().interrupt();
                politely();
                IO.println("l'appelant voit : " + flag());
                try { Thread.sleep(10); IO.println("rangé"); } catch (InterruptedException e) { IO.println("rangement interrompu"); }
            }).join();
            """;

    private static final String CANCEL_FALSE = """
            var gentle = new Logbook("cancel(false)");
            var kept = gentle.threads().submit(gentle.task("submit", 0.4));
            Thread.sleep(100);
            IO.println(kept.cancel(false) + ", " + kept.state());
            IO.println(gentle.timeline());
            """;

    /** L'exception d'un bloc attend, elle aussi, que close ait attendu. */
    private static final String FAILURE_WAITS = """
            var failing = new Logbook("panne");
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                threads.submit(failing.task("travail", 1));
                throw new IOException("panne");
            } catch (IOException e) { IO.println("vue quand le travail a fini : " + (Logbook.working() == 0)); }
            IO.println(failing.timeline());
            """;

    private static final String LEAVE_NOW = """
            var leave = new Logbook("Fermé avec shutdownNow");
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                threads.submit(leave.task("travail", 60));
                Thread.sleep(200);
                threads.shutdownNow();
            }
            IO.println(leave.timeline());
            """;

    /** Celui qui attend dans close est interrompu : close interrompt les travaux, attend leur fin, et relève le drapeau. */
    private static final String INTERRUPTED_CLOSE = """
            var slow = new Logbook("close interrompu");
            var closer = Thread.startVirtualThread(() -> {
                var threads = Executors.newVirtualThreadPerTaskExecutor();
                threads.submit(slow.task("travail", 60));
                Thread.currentThread().interrupt();
                threads.close();
                IO.println("fini : " + threads.isTerminated() + ", drapeau : " + flag());
            });
            IO.println(closer.join(Duration.ofSeconds(20)));
            """;

    private static final String GET_BEFORE_JOIN = """
            try (var scope = StructuredTaskScope.open()) {
                var task = scope.fork(() -> "réponse");
                try { task.get(); } catch (IllegalStateException e) { IO.println("refusé avant join"); }
                scope.join();
                IO.println(task.get() + ", " + task.state());
            }
            """;

    /** Un thread ou un exécuteur ordinaires n'héritent pas d'une ScopedValue. */
    private static final String NOT_INHERITED = """
            var who = ScopedValue.<String>newInstance();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                ScopedValue.where(who, "Ada").call(() -> {
                    Thread.startVirtualThread(() -> IO.println("thread : " + who.orElse("rien"))).join();
                    IO.println("exécuteur : " + threads.submit(() -> who.orElse("rien")).get());
                    return null;
                });
            }
            """;

    private static Exercises exercises;
    private static NotebookRun run;

    @BeforeAll
    @Timeout(900)
    static void runOnce() throws Exception {
        var lesson = Lesson.of("09-s-arreter-a-temps");
        exercises = answers(new Exercises(lesson));
        var plan = new NotebookRun.Plan(lesson).runAll()
                .runAs("sleeper", EARLY).runAs("census", CLOSING_WAKES).runAs("outside", SOCKET_CLOSED).runAs("each-limit", KILLING_WAKES)
                .runAs("swallow", RAISED_AGAIN).runAs("cancel", CANCEL_FALSE).runAs("invoke-all", FAILURE_WAITS)
                .runAs("leave", LEAVE_NOW).runAs("scope", INTERRUPTED_CLOSE).runAs("in-scope", GET_BEFORE_JOIN)
                .runAs("context", NOT_INHERITED).runAs("scope-timeout", FILES);
        run = exercises.addTo(plan).run("nothing-left").execute();
    }

    private static Exercises answers(Exercises exercises) {
        return exercises
                .refused(1, "sort sans fermer", work("""
                        while (true) {
                            try { desk.serve(desk.take()); }
                            catch (InterruptedException e) { Thread.currentThread().interrupt(); return; }
                        }"""), "laisse son comptoir ouvert")
                .refused(1, "ferme après la boucle, sans finally", work("""
                        try { while (true) desk.serve(desk.take()); }
                        catch (InterruptedException e) { Thread.currentThread().interrupt(); }
                        desk.close();"""), "À quoi sert finally ?")
                .refused(1, "sort sans relever le drapeau", work("""
                        try (desk) { while (true) desk.serve(desk.take()); }
                        catch (InterruptedException e) { }"""), "celui qui l’a appelé ne saura pas")
                .refused(1, "relève le drapeau sans sortir", work("""
                        try (desk) {
                            while (true) {
                                try { desk.serve(desk.take()); }
                                catch (InterruptedException e) { Thread.currentThread().interrupt(); }
                            }
                        }"""), "tourne en rond")
                .refused(1, "regarde un drapeau déjà baissé", work("""
                        try (desk) {
                            while (!Thread.interrupted()) {
                                try { desk.serve(desk.take()); }
                                catch (InterruptedException e) { IO.println("dérangé"); }
                            }
                        }"""), "votre ouvrier travaille encore")
                .refused(1, "ferme à l'interruption, et continue", work("""
                        while (true) {
                            try { desk.serve(desk.take()); }
                            catch (InterruptedException e) { desk.close(); }
                        }"""), "puis s’en sert encore")
                .refused(1, "finit d'abord les commandes en attente", work("""
                        try (desk) {
                            boolean stop = false;
                            for (int i = 0; !stop; i++) {
                                try { desk.serve(desk.take()); }
                                catch (InterruptedException e) {
                                    stop = true;
                                    if (i > 1) continue;
                                    desk.serve(desk.take());
                                    desk.serve(desk.take());
                                    Thread.currentThread().interrupt();
                                }
                            }
                            throw new InterruptedException();
                        }"""), "a encore servi 2 commandes")
                .refused(1, "attrape tout, en sortant", work("""
                        try (desk) { while (true) desk.serve(desk.take()); }
                        catch (Exception e) { Thread.currentThread().interrupt(); }"""), "personne ne l’a su")
                .refused(1, "continue après une commande impossible", work("""
                        try (desk) {
                            while (true) {
                                try { desk.serve(desk.take()); }
                                catch (IllegalStateException e) { IO.println("tant pis"); }
                            }
                        }"""), "poursuit comme si de rien n’était")
                .refused(1, "ferme deux fois", work("""
                        try (desk) { while (true) desk.serve(desk.take()); }
                        finally { desk.close(); }"""), "fermé 2 fois")
                .refused(1, "remplace l'exception de la commande", work("""
                        try (desk) { while (true) desk.serve(desk.take()); }
                        catch (IllegalStateException e) { throw new IOException("problème"); }"""), "lance IOException sans elle")
                .refused(1, "ne sert que deux commandes", work("""
                        try (desk) { for (int i = 0; i < 2; i++) desk.serve(desk.take()); }"""), "n’a servi que 2 commandes")
                .accepted(1, "avec finally", work("""
                        try { while (true) desk.serve(desk.take()); }
                        finally { desk.close(); }"""))
                .accepted(1, "comme dans un Runnable, drapeau relevé en dernier", work("""
                        try { while (true) desk.serve(desk.take()); }
                        catch (InterruptedException e) { desk.close(); Thread.currentThread().interrupt(); }
                        catch (RuntimeException e) { desk.close(); throw e; }"""))
                .accepted(1, "la boucle regarde le drapeau", work("""
                        try (desk) {
                            while (!Thread.currentThread().isInterrupted()) {
                                try { desk.serve(desk.take()); }
                                catch (InterruptedException e) { Thread.currentThread().interrupt(); }
                            }
                        }"""))

                .refused(2, "l'un après l'autre", onTime("""
                        var answers = new ArrayList<String>();
                        for (var job : jobs) answers.add(job.call());
                        return answers;"""), "l’un après l’autre")
                .refused(2, "une limite par attente", onTime("""
                        var answers = new ArrayList<String>();
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var futures = new ArrayList<Future<String>>();
                            for (var job : jobs) futures.add(threads.submit(job));
                            for (var future : futures)
                                try { answers.add(future.get(limit.toMillis(), MILLISECONDS)); }
                                catch (ExecutionException e) { answers.add("échec : " + e.getCause().getMessage()); }
                                catch (TimeoutException e) { future.cancel(true); answers.add("trop tard"); }
                        }
                        return answers;"""), "plusieurs attentes ont eu chacune leur limite entière")
                .refused(2, "une échéance par attente", onTime("""
                        var answers = new ArrayList<String>();
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var futures = new ArrayList<Future<String>>();
                            for (var job : jobs) futures.add(threads.submit(job));
                            for (var future : futures)
                                try { answers.add(Deadline.in(limit).get(future)); }
                                catch (ExecutionException e) { answers.add("échec : " + e.getCause().getMessage()); }
                                catch (TimeoutException e) { future.cancel(true); answers.add("trop tard"); }
                        }
                        return answers;"""), "plusieurs attentes ont eu chacune leur limite entière")
                .refused(2, "sans annuler", onTime(deadline("answers.add(\"trop tard\");")),
                        "personne n’a interrompu les travaux en retard")
                .refused(2, "cancel(false)", onTime(deadline("future.cancel(false); answers.add(\"trop tard\");")),
                        "personne n’a interrompu les travaux en retard")
                .refused(2, "orTimeout, et l'exécuteur jamais fermé", onTime("""
                        var threads = Executors.newVirtualThreadPerTaskExecutor();
                        var futures = new ArrayList<CompletableFuture<String>>();
                        for (var job : jobs) futures.add(CompletableFuture.supplyAsync(() -> {
                            try { return job.call(); } catch (Exception e) { return "échec : " + e.getMessage(); }
                        }, threads).completeOnTimeout("trop tard", limit.toMillis(), MILLISECONDS));
                        return futures.stream().map(CompletableFuture::join).toList();"""), "Travaux en retard qui travaillent encore : 5")
                .refused(2, "dort jusqu'à l'échéance, puis regarde", onTime("""
                        var answers = new ArrayList<String>();
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var futures = new ArrayList<Future<String>>();
                            for (var job : jobs) futures.add(threads.submit(job));
                            Thread.sleep(limit);
                            for (var future : futures) answers.add(future.isDone() ? future.resultNow() : "trop tard");
                            threads.shutdownNow();
                        }
                        return answers;"""), "L’échéance est un maximum")
                .refused(2, "un retard fait tout échouer", onTime("""
                        var end = Deadline.in(limit);
                        var answers = new ArrayList<String>();
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            try {
                                var futures = new ArrayList<Future<String>>();
                                for (var job : jobs) futures.add(threads.submit(job));
                                for (var future : futures) answers.add(end.get(future));
                            } finally { threads.shutdownNow(); }
                        }
                        return answers;"""), "un travail en retard fait échouer toute la méthode")
                .refused(2, "un échec fait tout échouer", onTime("""
                        var end = Deadline.in(limit);
                        var answers = new ArrayList<String>();
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            try {
                                var futures = new ArrayList<Future<String>>();
                                for (var job : jobs) futures.add(threads.submit(job));
                                for (var future : futures)
                                    try { answers.add(end.get(future)); }
                                    catch (TimeoutException e) { answers.add("trop tard"); }
                            } finally { threads.shutdownNow(); }
                        }
                        return answers;"""), "un travail en échec fait échouer toute la méthode")
                .refused(2, "seulement celles arrivées à temps", onTime(deadline("future.cancel(true);")), "réponses pour 8 travaux")
                .refused(2, "dans l'ordre d'arrivée", onTime("""
                        var answers = new ConcurrentLinkedQueue<String>();
                        var threads = Executors.newVirtualThreadPerTaskExecutor();
                        for (var job : jobs) threads.submit(() -> {
                            try { answers.add(job.call()); }
                            catch (InterruptedException e) { answers.add("trop tard"); }
                            catch (Exception e) { answers.add("échec : " + e.getMessage()); }
                        });
                        threads.shutdown();
                        threads.awaitTermination(limit.toMillis(), MILLISECONDS);
                        threads.shutdownNow();
                        threads.close();
                        return List.copyOf(answers);"""), "pas dans l’ordre des travaux")
                .refused(2, "invokeAll, et lire une future annulée", onTime("""
                        var answers = new ArrayList<String>();
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            for (var future : threads.invokeAll(jobs, limit.toMillis(), MILLISECONDS)) answers.add(future.get());
                        }
                        return answers;"""), "lire une future annulée lance CancellationException")
                .accepted(2, "invokeAll avec une durée", onTime("""
                        var answers = new ArrayList<String>();
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            for (var future : threads.invokeAll(jobs, limit.toMillis(), MILLISECONDS))
                                answers.add(switch (future.state()) {
                                    case SUCCESS -> future.resultNow();
                                    case FAILED -> "échec : " + future.exceptionNow().getMessage();
                                    default -> "trop tard";
                                });
                        }
                        return answers;"""))
                .accepted(2, "des threads, join avec ce qui reste", onTime("""
                        var answers = new String[jobs.size()];
                        var threads = new ArrayList<Thread>();
                        for (int i = 0; i < answers.length; i++) {
                            int place = i;
                            answers[i] = "trop tard";
                            threads.add(Thread.startVirtualThread(() -> {
                                try { answers[place] = jobs.get(place).call(); }
                                catch (InterruptedException e) { }
                                catch (Exception e) { answers[place] = "échec : " + e.getMessage(); }
                            }));
                        }
                        var end = Deadline.in(limit);
                        for (var thread : threads) thread.join(end.left());
                        threads.forEach(Thread::interrupt);
                        for (var thread : threads) thread.join();
                        return List.of(answers);"""))
                .accepted(2, "une portée qui attend tout le monde, et son échéance", onTime("""
                        var answers = Collections.synchronizedList(new ArrayList<>(Collections.nCopies(jobs.size(), "trop tard")));
                        try (var scope = StructuredTaskScope.open(Joiner.awaitAll(), c -> c.withTimeout(limit))) {
                            for (int i = 0; i < jobs.size(); i++) {
                                int place = i;
                                scope.fork(() -> {
                                    try { answers.set(place, jobs.get(place).call()); }
                                    catch (IllegalStateException e) { answers.set(place, "échec : " + e.getMessage()); }
                                    return null;
                                });
                            }
                            scope.join();
                        } catch (InterruptedException e) { throw e; }
                        catch (Exception late) { }
                        return List.copyOf(answers);"""))

                .refused(3, "l'un après l'autre", allOrNothing("""
                        var answers = new ArrayList<String>();
                        for (var job : jobs) answers.add(job.call());
                        return answers;"""), "l’un après l’autre")
                .refused(3, "lit les futures dans l'ordre", allOrNothing("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var futures = new ArrayList<Future<String>>();
                            for (var job : jobs) futures.add(threads.submit(job));
                            var answers = new ArrayList<String>();
                            try { for (var future : futures) answers.add(future.get()); }
                            finally { threads.shutdownNow(); }
                            return answers;
                        }"""), "Une panne doit être vue aussitôt")
                .refused(3, "allOf", allOrNothing(futures("CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).join();")),
                        "Une panne doit être vue aussitôt")
                .refused(3, "une règle qui n'arrête personne", allOrNothing("""
                        try (var scope = StructuredTaskScope.open(Joiner.<String>awaitAll())) {
                            var tasks = new ArrayList<Subtask<String>>();
                            for (var job : jobs) tasks.add(scope.fork(job));
                            scope.join();
                            return tasks.stream().map(Subtask::get).toList();
                        }"""), "Une panne doit être vue aussitôt")
                .refused(3, "voit la panne, sans arrêter les voisins", allOrNothing(futures("""
                        var first = new CompletableFuture<Object>();
                        for (var future : futures) future.whenComplete((v, e) -> { if (e != null) first.completeExceptionally(e); });
                        CompletableFuture.anyOf(first, CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))).get();""")),
                        "personne n’a interrompu les voisins")
                .refused(3, "arrête les voisins, sans attendre leur fin", allOrNothing("""
                        var threads = Executors.newVirtualThreadPerTaskExecutor();
                        try {
                            var done = new ExecutorCompletionService<String>(threads);
                            var futures = new ArrayList<Future<String>>();
                            for (var job : jobs) futures.add(done.submit(job));
                            for (var job : jobs) done.take().get();
                            var answers = new ArrayList<String>();
                            for (var future : futures) answers.add(future.get());
                            return answers;
                        } finally { threads.shutdownNow(); }"""), "rangent encore")
                .refused(3, "lance l'exception d'un voisin", allOrNothing("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var futures = new ArrayList<Future<String>>();
                            for (var job : jobs) futures.add(threads.submit(() -> {
                                try { return job.call(); }
                                catch (IllegalStateException e) { threads.shutdownNow(); throw e; }
                            }));
                            var answers = new ArrayList<String>();
                            for (var future : futures) answers.add(future.get());
                            return answers;
                        }"""), "vous lancez l’exception d’un voisin arrêté (InterruptedException)")
                .refused(3, "rend une liste vide", allOrNothing("""
                        try (var scope = StructuredTaskScope.open()) {
                            var tasks = new ArrayList<Subtask<String>>();
                            for (var job : jobs) tasks.add(scope.fork(job));
                            scope.join();
                            return tasks.stream().map(Subtask::get).toList();
                        } catch (Exception e) { return List.of(); }"""), "votre méthode rend []")
                .refused(3, "perd la cause", allOrNothing("""
                        try (var scope = StructuredTaskScope.open()) {
                            var tasks = new ArrayList<Subtask<String>>();
                            for (var job : jobs) tasks.add(scope.fork(job));
                            scope.join();
                            return tasks.stream().map(Subtask::get).toList();
                        } catch (Exception e) { throw new IOException("quelque chose a échoué"); }"""), "la panne d’origine est perdue")
                .refused(3, "dans l'ordre d'arrivée", allOrNothing("""
                        var answers = new ConcurrentLinkedQueue<String>();
                        try (var scope = StructuredTaskScope.open()) {
                            for (var job : jobs) scope.fork(() -> answers.add(job.call()));
                            scope.join();
                        }
                        return List.copyOf(answers);"""), "dans leur ordre d’arrivée")
                .refused(3, "invokeAny : une seule réponse", allOrNothing("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) { return List.of(threads.invokeAny(jobs)); }"""),
                        "au lieu de [un, deux, trois]")
                .refused(3, "oublie join", allOrNothing("""
                        try (var scope = StructuredTaskScope.open()) {
                            var tasks = new ArrayList<Subtask<String>>();
                            for (var job : jobs) tasks.add(scope.fork(job));
                            return tasks.stream().map(Subtask::get).toList();
                        }"""), "votre code lance")
                .accepted(3, "avec un exécuteur, par ordre d'arrivée", allOrNothing("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            try {
                                var done = new ExecutorCompletionService<String>(threads);
                                var futures = new ArrayList<Future<String>>();
                                for (var job : jobs) futures.add(done.submit(job));
                                for (var job : jobs) done.take().get();
                                var answers = new ArrayList<String>();
                                for (var future : futures) answers.add(future.get());
                                return answers;
                            } finally { threads.shutdownNow(); }
                        }"""))
                .accepted(3, "avec des threads et une file", allOrNothing("""
                        var answers = new String[jobs.size()];
                        var ends = new LinkedBlockingQueue<Optional<Exception>>();
                        var threads = new ArrayList<Thread>();
                        for (int i = 0; i < answers.length; i++) {
                            int place = i;
                            threads.add(Thread.startVirtualThread(() -> {
                                try { answers[place] = jobs.get(place).call(); ends.add(Optional.empty()); }
                                catch (Exception e) { ends.add(Optional.of(e)); }
                            }));
                        }
                        try {
                            for (var job : jobs) {
                                var end = ends.take();
                                if (end.isPresent()) throw end.get();
                            }
                            return List.of(answers);
                        } finally {
                            threads.forEach(Thread::interrupt);
                            for (var thread : threads) thread.join();
                        }"""))
                .accepted(3, "une portée, la panne déballée", allOrNothing("""
                        try (var scope = StructuredTaskScope.open(Joiner.<String>awaitAllSuccessfulOrThrow())) {
                            var tasks = jobs.stream().map(job -> scope.fork(job)).toList();
                            try { scope.join(); }
                            catch (RuntimeException e) { throw (Exception) e.getCause(); }
                            var answers = new ArrayList<String>();
                            for (var task : tasks) answers.add(task.get());
                            return answers;
                        }"""));
    }

    private static String work(String body) {
        return "void work(StoppingExercises.Desk desk) throws Exception {\n" + body.indent(4) + "}";
    }

    private static String onTime(String body) {
        return "List<String> onTime(List<Callable<String>> jobs, Duration limit) throws Exception {\n" + body.indent(4) + "}";
    }

    private static String allOrNothing(String body) {
        return "List<String> allOrNothing(List<Callable<String>> jobs) throws Exception {\n" + body.indent(4) + "}";
    }

    /** La réponse à l'exercice 2, où manque ce qu'elle fait d'un retard. */
    private static String deadline(String late) {
        return """
                var end = Deadline.in(limit);
                var answers = new ArrayList<String>();
                try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                    var futures = new ArrayList<Future<String>>();
                    for (var job : jobs) futures.add(threads.submit(job));
                    for (var future : futures)
                        try { answers.add(end.get(future)); }
                        catch (ExecutionException e) { answers.add("échec : " + e.getCause().getMessage()); }
                        catch (TimeoutException e) { %s }
                }
                return answers;""".formatted(late);
    }

    /** Une réponse à l'exercice 3 avec des CompletableFuture, attendues de cette façon. */
    private static String futures(String wait) {
        return """
                var threads = Executors.newVirtualThreadPerTaskExecutor();
                var futures = new ArrayList<CompletableFuture<String>>();
                for (var job : jobs) futures.add(CompletableFuture.supplyAsync(() -> {
                    try { return job.call(); } catch (Exception e) { throw new CompletionException(e); }
                }, threads));
                %s
                return futures.stream().map(CompletableFuture::join).toList();""".formatted(wait);
    }

    @Test
    @DisplayName("aucune cellule en erreur, et les affirmations du texte non plus")
    void clean() {
        run.assertClean();
    }

    @Test
    @DisplayName("le dormeur est réveillé, et son drapeau est baissé")
    void sleeper() {
        assertEquals(1, run.first("sleeper").lines("réveillé ; drapeau levé : false").size(), () -> run.first("sleeper").text());
    }

    @Test
    @DisplayName("un drapeau levé avant l'attente : elle ne dure pas, et le baisse")
    void early() {
        assertEquals(List.of("avant : true", "après : false"), run.last("sleeper").lines());
    }

    @Test
    @DisplayName("recensement, dedans : deux attentes sur six réagissent, celles qui déclarent InterruptedException")
    void census() {
        assertEquals(List.of("InterruptedException, drapeau baissé", "aucune", "aucune", "InterruptedException, drapeau baissé", "aucune",
                "aucune"), reactions("census"));
    }

    @Test
    @DisplayName("recensement, dehors : le socket d'un thread virtuel, la fin d'un enfant, le calcul qui regarde")
    void outside() {
        assertEquals(List.of("SocketException, drapeau levé", "aucune", "aucune", "InterruptedException, drapeau baissé", "aucune",
                "rend la main, drapeau levé"), reactions("outside"));
        assertEquals(List.of("virtuel", "plateforme", "plateforme", "virtuel", "virtuel", "plateforme"), column("outside", 1));
    }

    @Test
    @DisplayName("ce qui n'écoute pas s'arrête quand on lui retire ce qu'il attend : socket fermé, enfant tué")
    void takenAway() {
        assertEquals(List.of("après interrupt, fini : false", "lecture : Socket closed", "après close, fini : true"),
                run.last("census").lines());
        assertEquals(List.of("Closed by interrupt, drapeau true", "fermé : true"), run.last("outside").lines());
        assertTrue(run.last("each-limit").lines().contains("fini : true"), () -> run.last("each-limit").text());
    }

    @Test
    @DisplayName("Files ne regarde pas le drapeau ; un FileChannel est fermé")
    void files() {
        assertEquals(List.of("Files : tout le texte, drapeau true", "FileChannel : ClosedByInterruptException"),
                run.last("scope-timeout").lines());
    }

    @Test
    @DisplayName("avaler : le travail va au bout ; laisser passer : il s'arrête")
    void swallow() {
        assertTrue(bar("swallow", "avale").contains(DONE));
        assertTrue(bar("swallow", "laisse passer").contains(STOPPED));
        assertTrue(length("swallow", "avale") > 2 * length("swallow", "laisse passer"));
        assertEquals(List.of("l'appelant voit : true", "rangement interrompu"), run.last("swallow").lines());
    }

    @Test
    @DisplayName("une limite par attente : quatre réponses, sans exception, en plus de deux limites")
    void eachLimit() {
        var lines = run.first("each-limit").lines();
        assertEquals(List.of("météo", "trafic", "agenda", "courrier"), lines.stream().map(line -> line.split(",")[0]).toList());
        var seconds = Double.parseDouble(lines.getLast().replaceFirst(".* à ", "").replace(" s", "").replace(',', '.'));
        assertTrue(seconds >= 1.2, lines::toString);
    }

    @Test
    @DisplayName("une échéance : la première réponse arrive, les autres sont arrêtées, et le reste diminue jusqu'à zéro")
    void oneDeadline() {
        assertTrue(bar("one-deadline", "météo").contains(DONE));
        for (var late : List.of("trafic", "agenda", "courrier")) assertTrue(bar("one-deadline", late).contains(STOPPED), late);
        var left = Pattern.compile("reste (\\d+) ms").matcher(run.first("one-deadline").text()).results()
                .map(match -> Integer.parseInt(match.group(1))).toList();
        assertEquals(3, left.size());
        assertTrue(left.getFirst() > left.get(1) && left.get(1) > 0 && left.getLast() == 0, left::toString);
    }

    @Test
    @DisplayName("trois futures finies, un seul travail arrêté : celui de submit")
    void cancel() {
        assertEquals(List.of("true, CANCELLED", "true, CANCELLED", "false, FAILED"), run.first("cancel").lines());
        assertTrue(bar("cancel", "submit").contains(STOPPED));
        for (var going : List.of("supplyAsync", "orTimeout")) assertTrue(bar("cancel", going).contains(DONE), going);
        assertEquals("true, CANCELLED", run.last("cancel").lines().getFirst());
        assertTrue(run.last("cancel").text().contains(DONE), "cancel(false) laisse finir");
    }

    @Test
    @DisplayName("close attend le travail, même après une exception ; shutdownNow l'arrête ; interrompu, close l'arrête aussi")
    void closing() {
        assertTrue(bar("leave", "travail").contains(DONE));
        assertTrue(run.last("leave").text().contains(STOPPED) && !run.last("leave").text().contains(DONE), () -> run.last("leave").text());
        assertTrue(run.last("invoke-all").lines().contains("vue quand le travail a fini : true"));
        assertEquals(List.of("fini : true, drapeau : true", "true"), run.last("scope").lines());
    }

    @Test
    @DisplayName("invokeAll attend la photo pour dire la panne ; une portée l'arrête")
    void together() {
        for (var cell : List.of("invoke-all", "scope"))
            assertTrue(run.first(cell).lines().getFirst().startsWith("annuaire en panne : "), () -> run.first(cell).text());
        assertTrue(bar("invoke-all", "photo").contains(DONE));
        assertTrue(bar("scope", "photo").contains(STOPPED));
    }

    @Test
    @DisplayName("une portée : get après join seulement, et une échéance qui arrête le retardataire")
    void scopes() {
        assertEquals("une réponse", run.first("in-scope").result());
        assertEquals(List.of("refusé avant join", "réponse, SUCCESS"), run.last("in-scope").lines());
        assertTrue(bar("scope-timeout", "météo").contains(DONE));
        assertTrue(bar("scope-timeout", "agenda").contains(STOPPED));
        assertTrue(run.first("scope-timeout").lines().getFirst().matches("\\w+Exception, à .*"), () -> run.first("scope-timeout").text());
    }

    @Test
    @DisplayName("une ScopedValue suit les travaux d'une portée, non ceux d'un thread ou d'un exécuteur ; un ThreadLocal reste")
    void context() {
        assertEquals(List.of("ici    : ThreadLocal Ada, ScopedValue Ada", "portée : ThreadLocal null, ScopedValue Ada",
                "après  : ThreadLocal Ada, ScopedValue rien"), run.first("context").lines());
        assertEquals(List.of("thread : rien", "exécuteur : rien"), run.last("context").lines());
    }

    @Test
    @DisplayName("à la fin, plus rien ne travaille ; ni après les exercices")
    void nothingLeft() {
        for (var counts : run.all("nothing-left"))
            assertTrue(counts.lines().size() == 5 && counts.lines().stream().allMatch(line -> line.endsWith(" : 0")), counts::text);
    }

    @TestFactory
    @DisplayName("exercices")
    Stream<DynamicTest> answerTests() {
        return exercises.tests(run);
    }

    /** La colonne d'une table, sans son titre. */
    private static List<String> column(String cell, int number) {
        return run.first(cell).text().lines().skip(1).map(line -> line.split(" {2,}")[number]).toList();
    }

    private static List<String> reactions(String cell) {
        return column(cell, 2);
    }

    /** La ligne de ce nom, dans le dessin de la cellule. */
    private static String bar(String cell, String name) {
        return run.first(cell).text().lines().filter(line -> line.startsWith(name + " ") && line.matches(".*[█▒].*")).findFirst()
                .orElseThrow(() -> new AssertionError(name + " : absent de " + run.first(cell).text()));
    }

    private static long length(String cell, String name) {
        return bar(cell, name).chars().filter(sign -> "█▒".indexOf(sign) >= 0).count();
    }
}
