package lessons.pitfalls;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
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

/** Ce que montre la leçon 3, et ce que ses exercices disent des réponses que donnent les élèves. */
@Execution(ExecutionMode.CONCURRENT)
@DisplayName("leçon 3, ce qui casse")
class PitfallsTest {

    private static Exercises exercises;
    private static NotebookRun run;

    @BeforeAll
    @Timeout(900)
    static void runOnce() throws Exception {
        var lesson = Lesson.of("03-ce-qui-casse");
        exercises = answers(new Exercises(lesson));
        run = exercises.addTo(new NotebookRun.Plan(lesson).runAll()).execute();
    }

    private static Exercises answers(Exercises exercises) {
        return lines(watched(limited(exercises)));
    }

    private static Exercises limited(Exercises exercises) {
        return exercises
                .refused(1, "telle quelle", limited("""
                        var token = new Object();
                        places.put(token);
                        var result = work.call();
                        places.remove(token);
                        return result;"""), "work lance une exception, la place n’est pas rendue")
                .refused(1, "ne rend la place qu'après un échec", limited("""
                        var token = new Object();
                        places.put(token);
                        try { return work.call(); }
                        catch (Throwable e) { places.remove(token); throw e; }"""), "après un travail réussi, la place n’est pas rendue")
                .refused(1, "avale l'exception", limited("""
                        var token = new Object();
                        places.put(token);
                        try { return work.call(); }
                        catch (Throwable e) { return null; }
                        finally { places.remove(token); }"""), "et votre méthode n’en dit rien")
                .refused(1, "n'attrape que les exceptions", limited("""
                        var token = new Object();
                        places.put(token);
                        try {
                            var result = work.call();
                            places.remove(token);
                            return result;
                        } catch (Exception e) { places.remove(token); throw e; }"""), "work lance une erreur (StackOverflowError)")
                .refused(1, "emballe l'exception", limited("""
                        var token = new Object();
                        places.put(token);
                        try { return work.call(); }
                        catch (Exception e) { throw new RuntimeException(e); }
                        finally { places.remove(token); }"""), "votre méthode lance RuntimeException à la place")
                .refused(1, "put dans le try, et poll dans le finally", limited("""
                        try {
                            places.put("place");
                            return work.call();
                        } finally { places.poll(); }"""), "a rendu la place d’une autre")
                .refused(1, "le même jeton pour tous, rendu sans avoir été pris", limited("""
                        try {
                            places.put("place");
                            return work.call();
                        } finally { places.remove("place"); }"""), "a rendu la place d’une autre")
                .refused(1, "vide la file", limited("""
                        try {
                            places.put(work);
                            return work.call();
                        } finally { places.clear(); }"""), "vous rendez plus de places que vous n’en avez pris")
                .refused(1, "vide la file, put devant le try", limited("""
                        var token = new Object();
                        places.put(token);
                        try { return work.call(); } finally { places.clear(); }"""), "vous rendez plus de places que vous n’en avez pris")
                .refused(1, "offer n'attend pas", limited("""
                        var token = new Object();
                        places.offer(token);
                        try { return work.call(); } finally { places.remove(token); }"""), "trois travaux à la fois pour deux places")
                .refused(1, "un seul à la fois", limited("""
                        var token = new Object();
                        synchronized (places) {
                            places.put(token);
                            try { return work.call(); } finally { places.remove(token); }
                        }"""), "deux travaux n’ont jamais lieu à la fois")
                .refused(1, "rend la place avant le travail", limited("""
                        places.put(work);
                        places.remove(work);
                        return work.call();"""), "pendant le travail, la file est vide")
                .refused(1, "sans place", limited("return work.call();"), "pendant le travail, la file est vide")
                .refused(1, "attend en tournant, sourde à l'interruption", limited("""
                        var token = new Object();
                        while (!places.offer(token)) Thread.onSpinWait();
                        try { return work.call(); } finally { places.remove(token); }"""), "continue d’attendre")
                .refused(1, "prend deux places", limited("""
                        places.put(work);
                        places.put("encore");
                        try { return work.call(); } finally { places.clear(); }"""), "ne rend pas la main")
                .refused(1, "avale l'interruption", limited("""
                        var token = new Object();
                        try { places.put(token); } catch (InterruptedException e) { return null; }
                        try { return work.call(); } finally { places.remove(token); }"""), "ou fini sans rien dire")
                .refused(1, "fait le travail deux fois", limited("""
                        var token = new Object();
                        places.put(token);
                        try { work.call(); return work.call(); } finally { places.remove(token); }"""), "appelé 2 fois")
                .accepted(1, "put dans le try, un jeton à soi", limited("""
                        var token = new Object();
                        try { places.put(token); return work.call(); } finally { places.remove(token); }"""))
                .accepted(1, "le même jeton pour tous, put devant le try", limited("""
                        places.put("place");
                        try { return work.call(); } finally { places.remove("place"); }"""))
                .accepted(1, "une place à fermer", """
                        record Place(BlockingQueue<Object> places) implements AutoCloseable {
                            public void close() { places.poll(); }
                        }
                        String limited(BlockingQueue<Object> places, Callable<String> work) throws Exception {
                            places.put("place");
                            try (var place = new Place(places)) { return work.call(); }
                        }""")
                .accepted(1, "attrape tout, et relance", limited("""
                        var token = new Object();
                        places.put(token);
                        try {
                            var result = work.call();
                            places.remove(token);
                            return result;
                        } catch (Throwable e) { places.remove(token); throw e; }"""));
    }

    private static Exercises watched(Exercises exercises) {
        return exercises
                .refused(2, "isDone demandé trop tôt", watched("""
                        var future = new FutureTask<>(task);
                        Thread.startVirtualThread(future);
                        if (future.isDone() && future.state() == Future.State.FAILED) report.accept(future.exceptionNow());
                        return future;"""), "report n’en a rien su")
                .refused(2, "une oreille sur le thread d'une FutureTask", watched("""
                        var future = new FutureTask<>(task);
                        Thread.ofVirtual().uncaughtExceptionHandler((t, e) -> report.accept(e)).start(future);
                        return future;"""), "report n’en a rien su")
                .refused(2, "attend la fin avant de rendre la main", watched("""
                        var future = new FutureTask<>(task);
                        Thread.startVirtualThread(future);
                        try { future.get(); }
                        catch (ExecutionException e) { report.accept(e.getCause()); }
                        catch (InterruptedException e) { }
                        return future;"""), "attend la fin de la tâche")
                .refused(2, "exécute la tâche dans le thread de l'appelant", watched("""
                        var future = new FutureTask<>(task);
                        future.run();
                        return future;"""), "attend la fin de la tâche")
                .refused(2, "rapporte l'enveloppe", watched("""
                        var future = new FutureTask<>(task);
                        Thread.startVirtualThread(future);
                        Thread.startVirtualThread(() -> {
                            try { future.get(); }
                            catch (ExecutionException e) { report.accept(e); }
                            catch (Exception e) { }
                        });
                        return future;"""), "report a reçu ExecutionException, qui enveloppe")
                .refused(2, "rapporte aussi l'annulation", watched("""
                        var future = new FutureTask<>(task);
                        Thread.startVirtualThread(future);
                        Thread.startVirtualThread(() -> {
                            try { future.get(); }
                            catch (ExecutionException e) { report.accept(e.getCause()); }
                            catch (Exception e) { report.accept(e); }
                        });
                        return future;"""), "une annulation n’est pas un échec")
                .refused(2, "rapporte l'interruption de la tâche annulée", watched("""
                        var future = new FutureTask<>(() -> {
                            try { return task.call(); } catch (Throwable e) { report.accept(e); throw e; }
                        });
                        Thread.startVirtualThread(future);
                        return future;"""), "une annulation n’est pas un échec")
                .refused(2, "rapporte, puis oublie l'échec", watched("""
                        var future = new FutureTask<>(() -> {
                            try { return task.call(); } catch (Throwable e) { report.accept(e); return null; }
                        });
                        Thread.startVirtualThread(future);
                        return future;"""), "sa future l’a oublié")
                .refused(2, "n'entend pas une erreur", watched("""
                        var future = new FutureTask<>(() -> {
                            try { return task.call(); }
                            catch (InterruptedException e) { throw e; }
                            catch (Exception e) { report.accept(e); throw e; }
                        });
                        Thread.startVirtualThread(future);
                        return future;"""), "la tâche a lancé une erreur (AssertionError), et report n’en a rien su")
                .refused(2, "rapporte à chaque fin", watched("""
                        var future = new FutureTask<>(task) {
                            protected void done() { report.accept(state() == State.FAILED ? exceptionNow() : null); }
                        };
                        Thread.startVirtualThread(future);
                        return future;"""), "la tâche a réussi, et report a quand même été appelé")
                .refused(2, "rapporte deux fois", watched("""
                        var future = new FutureTask<>(() -> {
                            try { return task.call(); }
                            catch (InterruptedException e) { throw e; }
                            catch (Throwable e) { report.accept(e); throw e; }
                        }) {
                            protected void done() { if (state() == State.FAILED) report.accept(exceptionNow()); }
                        };
                        Thread.startVirtualThread(future);
                        return future;"""), "report a été appelé 2 fois pour un seul échec")
                .refused(2, "resultNow, qui perd la raison", watched("""
                        var future = new FutureTask<>(task);
                        Thread.startVirtualThread(future);
                        Thread.startVirtualThread(() -> {
                            while (!future.isDone()) Thread.onSpinWait();
                            try { future.resultNow(); } catch (IllegalStateException e) { report.accept(e); }
                        });
                        return future;"""), "au lieu de l’exception de la tâche")
                .refused(2, "une CompletableFuture, que cancel n'interrompt pas", watched("""
                        var future = new CompletableFuture<String>();
                        Thread.startVirtualThread(() -> {
                            try { future.complete(task.call()); }
                            catch (Throwable e) { if (future.completeExceptionally(e)) report.accept(e); }
                        });
                        return future;"""), "cancel(true) sur la future n’arrête pas la tâche")
                .refused(2, "ne lance rien", watched("return new FutureTask<>(task);"), "la tâche n’a pas commencé")
                .refused(2, "rend null", watched("""
                        Thread.startVirtualThread(new FutureTask<>(task));
                        return null;"""), "votre méthode rend null")
                .refused(2, "lance la tâche deux fois", watched("""
                        Thread.startVirtualThread(new FutureTask<>(task));
                        var future = new FutureTask<>(task);
                        Thread.startVirtualThread(future);
                        return future;"""), "exécutée 2 fois")
                .accepted(2, "un second thread attend la future", watched("""
                        var future = new FutureTask<>(task);
                        Thread.startVirtualThread(future);
                        Thread.startVirtualThread(() -> {
                            try { future.get(); }
                            catch (ExecutionException e) { report.accept(e.getCause()); }
                            catch (CancellationException | InterruptedException e) { }
                        });
                        return future;"""))
                .accepted(2, "la tâche, enveloppée", watched("""
                        var future = new FutureTask<>(() -> {
                            try { return task.call(); }
                            catch (InterruptedException e) { throw e; }
                            catch (Throwable e) { report.accept(e); throw e; }
                        });
                        Thread.startVirtualThread(future);
                        return future;"""))
                .accepted(2, "un exécuteur, que la tâche ferme derrière elle", watched("""
                        var threads = Executors.newVirtualThreadPerTaskExecutor();
                        var future = threads.submit(task);
                        threads.submit(() -> {
                            try { future.get(); }
                            catch (ExecutionException e) { report.accept(e.getCause()); }
                            catch (Exception e) { }
                        });
                        threads.shutdown();
                        return future;"""));
    }

    private static Exercises lines(Exercises exercises) {
        return exercises
                .refused(3, "cent octets sont un message", lines("""
                        try (socket) {
                            for (byte[] bytes; (bytes = receive(socket, 100)).length > 0;)
                                socket.getOutputStream().write(("reçu : " + new String(bytes)).getBytes());
                        }"""), "et vous répondez déjà « reçu : en morceau »")
                .refused(3, "une seule ligne", lines("""
                        try (socket) {
                            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream()));
                            socket.getOutputStream().write(("reçu : " + lines.readLine() + "\\n").getBytes());
                        }"""), "vous fermez la connexion après la première ligne")
                .refused(3, "un lecteur par ligne", lines("""
                        try (socket) {
                            while (true) {
                                var lines = new BufferedReader(new InputStreamReader(socket.getInputStream()));
                                var line = lines.readLine();
                                if (line == null) return;
                                socket.getOutputStream().write(("reçu : " + line + "\\n").getBytes());
                            }
                        }"""), "deux lignes arrivées ensemble, pour la seconde")
                .refused(3, "garde ses réponses jusqu'à la fin", lines("""
                        try (socket; var out = new PrintWriter(socket.getOutputStream())) {
                            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream()));
                            for (String line; (line = lines.readLine()) != null;) out.println("reçu : " + line);
                        }"""), "la ligne « Bonjour » : pas de réponse")
                .refused(3, "lit tout avant de répondre", lines("""
                        try (socket) {
                            var all = new String(socket.getInputStream().readAllBytes());
                            for (var line : all.lines().toList())
                                socket.getOutputStream().write(("reçu : " + line + "\\n").getBytes());
                        }"""), "la ligne « Bonjour » : pas de réponse")
                .refused(3, "répond sans fin de ligne", lines("""
                        try (socket) {
                            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream()));
                            for (String line; (line = lines.readLine()) != null;)
                                socket.getOutputStream().write(("reçu : " + line).getBytes());
                        }"""), "une réponse sans fin de ligne")
                .refused(3, "un octet est un caractère", lines("""
                        try (socket) {
                            var line = new StringBuilder();
                            for (int next; (next = socket.getInputStream().read()) >= 0;)
                                if (next != '\\n') line.append((char) next);
                                else {
                                    socket.getOutputStream().write(("reçu : " + line + "\\n").getBytes());
                                    line.setLength(0);
                                }
                        }"""), "une ligne dont les octets d’un accent arrivent séparés")
                .refused(3, "décode chaque morceau à part", lines("""
                        try (socket) {
                            var text = "";
                            for (byte[] bytes; (bytes = receive(socket, 100)).length > 0;) {
                                text += new String(bytes);
                                for (int end; (end = text.indexOf('\\n')) >= 0; text = text.substring(end + 1))
                                    socket.getOutputStream().write(("reçu : " + text.substring(0, end) + "\\n").getBytes());
                            }
                        }"""), "une ligne dont les octets d’un accent arrivent séparés")
                .refused(3, "ne ferme pas", lines("""
                        var lines = new BufferedReader(new InputStreamReader(socket.getInputStream()));
                        for (String line; (line = lines.readLine()) != null;)
                            socket.getOutputStream().write(("reçu : " + line + "\\n").getBytes());"""), "finit sans fermer la connexion")
                .refused(3, "répond encore après la fin", lines("""
                        try (socket) {
                            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream()));
                            while (true) socket.getOutputStream().write(("reçu : " + lines.readLine() + "\\n").getBytes());
                        }"""), "vous répondez encore « reçu : null »")
                .refused(3, "cent caractères au plus", lines("""
                        try (socket) {
                            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream()));
                            for (String line; (line = lines.readLine()) != null;)
                                socket.getOutputStream().write(("reçu : %.100s\\n".formatted(line)).getBytes());
                        }"""), "une ligne de 10 000 caractères")
                .refused(3, "sans le préfixe", lines("""
                        try (socket) { socket.getInputStream().transferTo(socket.getOutputStream()); }"""),
                        "vous répondez « Bonjour » au lieu de « reçu : Bonjour »")
                .refused(3, "attend sans fin", lines("""
                        while (!Thread.interrupted()) Thread.onSpinWait();"""), "la ligne « Bonjour » : pas de réponse")
                .refused(3, "lance une exception", lines("""
                        throw new IOException("pas encore");"""), "votre code lance IOException : pas encore")
                .accepted(3, "un PrintWriter qui vide à chaque ligne", lines("""
                        try (socket; var out = new PrintWriter(socket.getOutputStream(), true)) {
                            new BufferedReader(new InputStreamReader(socket.getInputStream())).lines()
                                .forEach(line -> out.println("reçu : " + line));
                        }"""))
                .accepted(3, "un Scanner", lines("""
                        try (socket; var lines = new Scanner(socket.getInputStream())) {
                            while (lines.hasNextLine())
                                socket.getOutputStream().write(("reçu : " + lines.nextLine() + "\\n").getBytes());
                        }"""))
                .accepted(3, "octet par octet, décodés à la fin de la ligne", lines("""
                        try (socket) {
                            var line = new ByteArrayOutputStream();
                            for (int next; (next = socket.getInputStream().read()) >= 0;) {
                                if (next != '\\n') line.write(next);
                                else {
                                    socket.getOutputStream().write(("reçu : " + line + "\\n").getBytes());
                                    line.reset();
                                }
                            }
                        }"""));
    }

    private static String limited(String body) {
        return "String limited(BlockingQueue<Object> places, Callable<String> work) throws Exception {\n" + body.indent(4) + "}";
    }

    private static String watched(String body) {
        return "Future<String> watched(Callable<String> task, Consumer<Throwable> report) {\n" + body.indent(4) + "}";
    }

    private static String lines(String body) {
        return "void answerLines(Socket socket) throws IOException {\n" + body.indent(4) + "}";
    }

    @Test
    @DisplayName("aucune cellule en erreur")
    void clean() {
        run.assertClean();
    }

    @Test
    @DisplayName("sans finally, deux échecs prennent les deux places : quatre jobs finissent, six attendent pour toujours")
    void lostPlaces() {
        assertEquals("4 finis, 2 en échec, 6 bloqués pour toujours", title("careless"));
        assertEquals("8 finis, 4 en échec, aucun bloqué", title("careful"));
    }

    @Test
    @DisplayName("une place rendue sans avoir été prise : le sémaphore en gagne une, la file non")
    void semaphoreOrQueue() {
        assertEquals(List.of("sémaphore de 2 : 3 places", "file de 2 : 2 places"), run.first("semaphore-or-queue").lines());
    }

    @Test
    @DisplayName("l'oreille du thread entend une tâche seule, et rien de la même dans une FutureTask")
    void heardOnce() {
        assertEquals(List.of("La tâche seule :", "entendu : java.lang.IllegalStateException: panne", "La tâche dans une FutureTask :",
                "C'est tout."), run.first("heard").lines());
    }

    @Test
    @Timeout(30)
    @DisplayName("un exécuteur : avec submit, l'échec reste dans la future ; avec execute, le thread le dit")
    void executors() throws Exception {
        var heard = new LinkedBlockingQueue<String>();
        var factory = Thread.ofVirtual().uncaughtExceptionHandler((_, failure) -> heard.add(failure.getMessage())).factory();
        try (var threads = Executors.newThreadPerTaskExecutor(factory)) {
            var kept = threads.submit(() -> {
                throw new IllegalStateException("submit");
            });
            assertEquals("submit", assertThrows(ExecutionException.class, kept::get).getCause().getMessage());
            threads.execute(() -> {
                throw new IllegalStateException("execute");
            });
            assertEquals("execute", heard.poll(20, TimeUnit.SECONDS));
        }
        assertTrue(heard.isEmpty(), heard::toString);
    }

    @Test
    @Timeout(30)
    @DisplayName("acquire dans le try : interrompue pendant qu'elle attend, la tâche rend un permis qu'elle n'a pas")
    void acquireInsideTry() throws Exception {
        var semaphore = new Semaphore(1);
        semaphore.acquire();
        var task = new FutureTask<>(() -> {
            try {
                semaphore.acquire();
                return null;
            } finally {
                semaphore.release();
            }
        });
        var thread = Thread.startVirtualThread(task);
        while (semaphore.getQueueLength() == 0) Thread.sleep(1);
        thread.interrupt();
        thread.join();
        assertEquals(1, semaphore.availablePermits(), "une place est prise, et une autre est libre");
    }

    @Test
    @DisplayName("isDone demandé trop tôt répond false ; à la fin, l'état est FAILED")
    void tooEarly() {
        assertEquals(List.of("tout de suite, finie : false ; état : RUNNING", "après join, finie : true ; état : FAILED"),
                run.first("too-early").lines());
    }

    @Test
    @DisplayName("exceptionNow et get disent la raison de l'échec ; resultNow la perd")
    void lostCause() {
        assertEquals(List.of("exceptionNow : java.lang.ArithmeticException: / by zero",
                "get : cause java.lang.ArithmeticException: / by zero", "resultNow : cause null"), run.first("lost-cause").lines());
    }

    @Test
    @DisplayName("port pris : l'échec est dans la future, et une phrase dit quoi faire")
    void portTaken() {
        var lines = run.first("port-taken-run").lines();
        assertTrue(lines.getFirst().startsWith("FAILED : "), lines::toString);
        assertTrue(lines.getLast().contains("port est déjà pris : fermez"), lines::toString);
    }

    @Test
    @DisplayName("le serveur démarré deux fois sur le même port : Relay a libéré la place")
    void twice() {
        assertEquals(List.of("exécution 1 : RUNNING", "exécution 2 : RUNNING"), run.first("twice").lines());
    }

    @Test
    @DisplayName("cancel(true) : le thread virtuel ferme son socket, celui de plateforme ne remarque rien ; fermer le socket le réveille")
    void whoReactsToCancel() {
        assertEquals(List.of("[CANCELLED, true, true]", "[CANCELLED, false, false]"), run.first("cancel-both").lines());
        var closed = run.first("close-wakes").lines();
        assertEquals("arrêté : true", closed.getFirst());
        assertTrue(closed.getLast().startsWith("java.net.SocketException: "), closed::toString);
    }

    @Test
    @DisplayName("250 octets arrivent en trois lectures ; trois envois, en une")
    void piecesAndGlue() {
        var lines = run.first("pieces").lines();
        assertEquals(List.of("100 octets", "100 octets", "50 octets"), lines.subList(0, 3));
        assertTrue("undeuxtrois".startsWith(lines.get(3)), lines::toString);
    }

    @Test
    @DisplayName("une méthode redéfinie vaut aussi pour une lambda créée avant elle")
    void redefined() {
        assertEquals(List.of("2 jobs", "2 clients"), run.first("redefined-hurd").lines());
    }

    @TestFactory
    @DisplayName("exercices")
    Stream<DynamicTest> answerTests() {
        return exercises.tests(run);
    }

    /** Le titre du dessin de cette cellule. */
    private static String title(String cell) {
        var matcher = Pattern.compile("font-weight=\"bold\">([^<]*)<").matcher(run.first(cell).svg());
        assertTrue(matcher.find(), () -> run.first(cell).text());
        return matcher.group(1);
    }
}
