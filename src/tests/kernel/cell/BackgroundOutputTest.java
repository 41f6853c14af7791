package kernel.cell;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import java.util.stream.IntStream;
import kernel.SharedKernel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Ce qu'un thread d'arrière-plan écrit va sous la cellule qui l'a lancé : la raison d'être de ce noyau. */
@DisplayName("Sorties tardives")
class BackgroundOutputTest extends SharedKernel {

    /** Une tâche qui attend le feu vert d'une autre cellule, écrit, puis le dit. */
    private static final String LATE_TASK = """
            var go = new Semaphore(0);
            var written = new Semaphore(0);
            Runnable late = () -> { go.acquireUninterruptibly(); System.out.println("ligne tardive"); written.release(); };
            """;

    static List<Arguments> launchers() {
        return List.of(
                Arguments.of("thread de plateforme", "Thread.ofPlatform().start(late);"),
                Arguments.of("new Thread", "new Thread(late).start();"),
                Arguments.of("thread virtuel", "Thread.startVirtualThread(late);"),
                Arguments.of("pool fixe", "var pool = Executors.newFixedThreadPool(1); pool.submit(late); pool.shutdown();"),
                Arguments.of("exécuteur de threads virtuels",
                        "var pool = Executors.newVirtualThreadPerTaskExecutor(); pool.execute(late); pool.shutdown();"),
                Arguments.of("concurrence structurée", """
                        Thread.startVirtualThread(() -> {
                            try (var scope = StructuredTaskScope.open()) {
                                scope.fork(late);
                                scope.join();
                            } catch (InterruptedException e) { }
                        });"""),
                Arguments.of("java.util.Timer", """
                        var timer = new java.util.Timer(true);
                        timer.schedule(new TimerTask() { public void run() { late.run(); } }, 1);"""),
                Arguments.of("exécuteur planifié",
                        "var pool = Executors.newScheduledThreadPool(1); pool.schedule(late, 1, TimeUnit.MILLISECONDS); pool.shutdown();"),
                Arguments.of("CompletableFuture, pool commun", "CompletableFuture.runAsync(late);"),
                Arguments.of("suite d'un CompletableFuture", "CompletableFuture.supplyAsync(() -> 1).thenAcceptAsync(n -> late.run());"),
                Arguments.of("ForkJoinPool.commonPool()", "ForkJoinPool.commonPool().submit(late);"),
                Arguments.of("FutureTask sur un thread virtuel",
                        "var task = new FutureTask<Void>(late, null); Thread.ofVirtual().start(task);"),
                Arguments.of("thread lancé par un thread", "Thread.ofPlatform().start(() -> Thread.startVirtualThread(late));"));
    }

    @ParameterizedTest(name = "écrite après la fin de sa cellule, une ligne s''y affiche encore : {0}")
    @MethodSource("launchers")
    void afterItsCellEnded(String name, String launch) throws Exception {
        var launching = kernel.ok(LATE_TASK + launch);
        kernel.ok("go.release();");
        launching.awaitOutput("ligne tardive");
    }

    @ParameterizedTest(name = "écrite pendant qu''une autre cellule tourne, une ligne n''y va pas : {0}")
    @MethodSource("launchers")
    void whileAnotherCellRuns(String name, String launch) throws Exception {
        var launching = kernel.ok(LATE_TASK + launch);
        var running = kernel.ok("System.out.println(\"début\"); go.release(); written.acquire(); System.out.println(\"fin\");");
        launching.awaitOutput("ligne tardive\n");
        assertEquals("début\nfin\n", running.stdout());
    }

    @Test
    @DisplayName("deux cellules confient leurs tâches à un minuteur d'une troisième : chaque ligne va sous la cellule qui a confié la "
            + "tâche")
    void timerOfAnotherCell() throws Exception {
        kernel.ok(
                "class Say extends TimerTask { final String text; Say(String text) { this.text = text; } public void run() { "
                        + "System.out.println(text); } }");
        var owner = kernel.ok("var timerShared = new Timer(true);");
        var first = kernel.ok("timerShared.schedule(new Say(\"une\"), 1);");
        first.awaitOutput("une\n");
        var second =
                kernel.ok("timerShared.schedule(new TimerTask() { public void run() { System.out.println(\"deux\"); cancel(); } }, 1, 1);");
        second.awaitOutput("deux\n");
        assertEquals("une\n", first.stdout());
        assertEquals("deux\n", second.stdout());
        assertEquals("", owner.stdout());
    }

    @Test
    @DisplayName("les threads de deux cellules écrivent en alternance, chacun sous la sienne")
    void twoCellsAtOnce() throws Exception {
        kernel.ok("""
                var ping = new SynchronousQueue<Integer>();
                var pong = new SynchronousQueue<Integer>();""");
        var first = kernel.ok("""
                Thread.startVirtualThread(() -> {
                    try { for (int i = 0; i < 300; i++) { System.out.println("a" + i); ping.put(i); pong.take(); } }
                    catch (InterruptedException e) { throw new IllegalStateException(e); }
                });""");
        var second = kernel.ok("""
                Thread.startVirtualThread(() -> {
                    try { for (int i = 0; i < 300; i++) { ping.take(); System.out.println("b" + i); pong.put(i); } }
                    catch (InterruptedException e) { throw new IllegalStateException(e); }
                });""");
        first.awaitOutput("a299\n");
        second.awaitOutput("b299\n");
        assertEquals(IntStream.range(0, 300).mapToObj(i -> "a" + i).toList(), first.stdout().lines().toList());
        assertEquals(IntStream.range(0, 300).mapToObj(i -> "b" + i).toList(), second.stdout().lines().toList());
    }

    @Test
    @DisplayName("une tâche donnée à un pool plus ancien écrit sous la cellule qui l'a donnée")
    void taskHandedToAnOlderPool() throws Exception {
        var creating = kernel.ok("var older = Executors.newFixedThreadPool(1); older.submit(() -> System.out.println(\"premier\")).get();");
        var handing = kernel.ok("older.submit(() -> System.out.println(\"second\")).get(); older.shutdown();");
        assertEquals("premier\n", creating.stdout());
        assertEquals("second\n", handing.stdout());
    }

    static List<Arguments> handovers() {
        return List.of(
                Arguments.of("référence de méthode", "Stream.of(task).map(older::submit).toList().getFirst().get();"),
                Arguments.of("référence de méthode dans forEach", "List.of(task).forEach(older::execute);"),
                Arguments.of("invokeAll", "older.invokeAll(List.of(Executors.callable(task)));"),
                Arguments.of("CompletableFuture et son pool", "CompletableFuture.runAsync(task, older).join();"),
                Arguments.of("suite asynchrone", "CompletableFuture.completedFuture(1).thenAcceptAsync(n -> task.run(), older).join();"),
                Arguments.of("FutureTask", "var future = new FutureTask<Void>(task, null);\nolder.execute(future);\nfuture.get();"),
                Arguments.of("ExecutorCompletionService",
                        "var service = new ExecutorCompletionService<Object>(older);\nservice.submit(task, null);\nservice.take();"),
                Arguments.of("méthode qui reçoit un Executor",
                        "void hand(Executor executor, Runnable work) { executor.execute(work); }\nhand(older, task);"));
    }

    @ParameterizedTest(name = "donnée à un pool plus ancien, une tâche écrit sous la cellule qui l''a donnée : {0}")
    @MethodSource("handovers")
    void handedToAnOlderPool(String name, String code) throws Exception {
        var creating =
                kernel.ok("var older = Executors.newFixedThreadPool(1);\nolder.submit(() -> System.out.println(\"premier\")).get();");
        kernel.ok("Runnable task = () -> System.out.println(\"second\");");
        var handing = kernel.ok(code);
        handing.awaitOutput("second\n");
        kernel.ok("older.close();");
        assertEquals("premier\n", creating.stdout());
    }

    @Test
    @DisplayName("l'exception d'une tâche donnée à un pool plus ancien s'affiche sous la cellule qui l'a donnée")
    void exceptionInAnOlderPool() throws Exception {
        kernel.ok("var failing = Executors.newFixedThreadPool(1);\nfailing.submit(() -> 1).get();");
        var handing = kernel.ok("failing.execute(() -> { throw new IllegalStateException(\"dans le pool\"); });");
        handing.awaitErrors("dans le pool").awaitErrors("cellule [" + handing.number() + "], ligne 1");
        kernel.ok("failing.close();");
    }

    @Test
    @DisplayName("une tâche se retire de la file où on l'a mise")
    void taskIsRemoved() throws Exception {
        kernel.ok("""
                var single = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
                var hold = new Semaphore(0);
                single.execute(hold::acquireUninterruptibly);
                Runnable waiting = () -> System.out.println("de trop");
                single.execute(waiting);""");
        assertEquals("true", kernel.value("single.remove(waiting)"));
        kernel.ok("hold.release(); single.close();");
    }

    @Test
    @DisplayName("un flux parallèle tardif n'écrit pas sous la cellule en cours")
    void lateParallelStream() throws Exception {
        var launching = kernel.ok("""
                var go = new Semaphore(0);
                var written = new Semaphore(0);
                Thread.startVirtualThread(() -> {
                    go.acquireUninterruptibly();
                    var together = new CyclicBarrier(2);                // deux threads au moins y participent
                    IntStream.range(0, 2).parallel().forEach(i -> {
                        try { together.await(10, TimeUnit.SECONDS); } catch (Exception e) { throw new IllegalStateException(e); }
                        System.out.println("part " + i);
                    });
                    written.release();
                });""");
        var running = kernel.ok("go.release(); written.acquire(); System.out.println(\"fin\");");
        launching.awaitOutput("part 0\n").awaitOutput("part 1\n");
        assertEquals("fin\n", running.stdout());
    }

    @Test
    @DisplayName("un serveur HTTP écrit sous sa cellule, son client sous la sienne")
    void httpServerAndClient() throws Exception {
        var serving = kernel
                .ok("""
                import com.sun.net.httpserver.*;
                import java.net.http.*;
                var web = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
                web.createContext("/", exchange -> {
                    System.out.println("reçu");
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
                web.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
                web.start();
                var browser = HttpClient.newHttpClient();
                var page = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web.getAddress().getPort())).build();
                int warm = browser.send(page, HttpResponse.BodyHandlers.discarding()).statusCode();""");
        var asking = kernel.ok("""
                browser.sendAsync(page, HttpResponse.BodyHandlers.discarding())
                    .thenAccept(answer -> System.out.println("réponse " + answer.statusCode())).join();
                web.stop(0);""");
        serving.awaitOutput("reçu\nreçu\n");
        assertEquals("réponse 204\n", asking.stdout());
    }

    @Test
    @DisplayName("la même méthode, lancée par deux cellules, écrit sous chacune")
    void sameMethodFromTwoCells() throws Exception {
        kernel.ok("void inBackground(String text) { Thread.startVirtualThread(() -> System.out.println(text)); }");
        var first = kernel.ok("inBackground(\"par la première\");");
        var second = kernel.ok("inBackground(\"par la seconde\");");
        first.awaitOutput("par la première\n");
        second.awaitOutput("par la seconde\n");
        assertFalse(first.stdout().contains("seconde"));
    }

    @Test
    @DisplayName("un flux parallèle écrit sous sa cellule")
    void parallelStream() throws Exception {
        var cell = kernel.ok("IntStream.range(0, 64).parallel().forEach(i -> System.out.println(\"p\" + i));");
        assertEquals(64, cell.stdout().lines().distinct().count());
    }

    @Test
    @DisplayName("System.err et display() d'un thread tardif vont aussi sous sa cellule")
    void lateErrorsAndDisplays() throws Exception {
        var launching = kernel
                .ok("""
                var go = new Semaphore(0);
                Runnable late = () -> { go.acquireUninterruptibly(); System.err.println("souci tardif"); display("dessin tardif"); };
                Thread.ofPlatform().start(late);""");
        var other = kernel.ok("go.release();");
        launching.awaitErrors("souci tardif\n").await("display_data", e -> e.story().contains("display:dessin tardif"));
        assertEquals(List.of(), other.story());
    }

    @Test
    @DisplayName("une exception dans un thread nomme son thread, sa cellule et sa ligne, sous la cellule qui l'a lancé")
    void exceptionInAThread() throws Exception {
        var launching = kernel.ok("""
                var go = new Semaphore(0);
                Thread.ofPlatform().name("ouvrier").start(() -> {
                    go.acquireUninterruptibly();
                    throw new IllegalStateException("panne");
                });""");
        var other = kernel.ok("go.release();");
        launching.awaitErrors("IllegalStateException").awaitErrors("panne").awaitErrors("ouvrier");
        launching.awaitErrors("cellule [" + launching.number() + "], ligne 4");
        assertFalse(launching.stderr().contains("java.base"), launching.stderr());
        assertEquals(List.of(), other.story());
    }

    @Test
    @DisplayName("une cellule relancée pendant qu'une tâche de sa première exécution écrit encore : la nouvelle le dit une fois, sans "
            + "mêler les lignes")
    void rerunWhileATaskStillWrites() throws Exception {
        kernel.ok("var again = new Semaphore(0);");
        String code =
                "Thread.startVirtualThread(() -> { while (true) { again.acquireUninterruptibly(); System.out.println(\"encore\"); } });";
        var first = kernel.executeAs("cellule-du-notebook", code).done();
        kernel.ok("again.release();");
        first.awaitOutput("encore\n");
        var second = kernel.executeAs("cellule-du-notebook", "int plain = 1;").done();
        kernel.ok("again.release(2);");
        first.awaitOutput("encore\nencore\nencore\n");
        second.awaitErrors("[" + first.number() + "]");
        assertEquals("", second.stdout());
        assertEquals(1, second.stderr().lines().count(), second.stderr());
    }

    @Test
    @DisplayName("une cellule qui remplace le traitement des exceptions des threads le garde, et le noyau vit")
    void ownExceptionHandler() throws Exception {
        kernel.ok("""
                Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> System.out.println("vu : " + thrown.getMessage()));
                Thread.startVirtualThread(() -> { throw new IllegalStateException("panne"); });""").awaitOutput("vu : panne\n");
        assertEquals("2", kernel.value("1 + 1"));
        renewKernel();
    }

    @Test
    @DisplayName("les lignes tardives ne se rapportent jamais à une autre session, après « redémarrer et tout exécuter »")
    void afterRestart() throws Exception {
        kernel.ok(LATE_TASK + "Thread.ofPlatform().start(late);");
        kernel = kernel.restart();
        var launching = kernel.ok(LATE_TASK + "Thread.ofPlatform().start(late);");
        kernel.ok("go.release();");
        launching.awaitOutput("ligne tardive");
    }
}
