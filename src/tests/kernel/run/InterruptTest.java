package kernel.run;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import kernel.Exchange;
import kernel.SharedKernel;
import kernel.protocol.Json;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Interruption")
class InterruptTest extends SharedKernel {

    /**
     * Lance ces instructions, attend qu'elles aient commencé, les interrompt, et attend la fin de la cellule. Le bloc en fait
     * un seul fragment : l'interruption n'arrive pas pendant que JShell compile le suivant.
     */
    private static Exchange interrupted(String code) throws Exception {
        var cell = kernel.execute("{\nSystem.out.println(\"parti\");\n" + code + "\n}", Json.object("allow_stdin", true));
        cell.awaitStart();
        kernel.interrupt();
        return cell.done();
    }

    static List<Arguments> endless() {
        return List.of(
                Arguments.of("boucle vide", "while (true) { }"),
                Arguments.of("boucle de calcul", "long n = 0;\nfor (;;) n++;"),
                Arguments.of("do while", "do { } while (true);"),
                Arguments.of("sommeil", "Thread.sleep(Long.MAX_VALUE);"),
                Arguments.of("file vide", "new LinkedBlockingQueue<Integer>().take();"),
                Arguments.of("catch Throwable dans une boucle", "while (true) try { Thread.sleep(1000); } catch (Throwable t) { }"),
                Arguments.of("catch Throwable, calcul", "int i = 0;\nwhile (true) try { i++; } catch (Throwable t) { }"),
                Arguments.of("accept", "try (var server = new java.net.ServerSocket(0)) { server.accept(); }"),
                Arguments.of("lecture d'un socket",
                        "var server = new java.net.ServerSocket(0);\n"
                                + "var socket = new java.net.Socket(\"127.0.0.1\", server.getLocalPort());\n"
                                + "socket.getInputStream().read();"),
                Arguments.of("lecture au clavier, Scanner", "new Scanner(System.in).nextLine();"),
                Arguments.of("lecture au clavier, IO.readln", "IO.readln();"),
                Arguments.of("println sans fin", "while (true) System.out.println(\"encore\");"),
                Arguments.of("flux sans fin", "Stream.iterate(1, n -> n + 1).forEach(n -> { });"),
                Arguments.of("attente non interruptible", "new Semaphore(0).acquireUninterruptibly();"),
                Arguments.of("verrou mortel",
                        "var lock = new java.util.concurrent.locks.ReentrantLock();\n"
                                + "Thread.ofPlatform().daemon().start(() -> lock.lock()).join();\nlock.lock();"),
                Arguments.of("join",
                        "Thread.startVirtualThread(() -> { try { Thread.sleep(Long.MAX_VALUE); } catch (InterruptedException e) { } "
                                + "}).join();"),
                Arguments.of("récursion sans fin rattrapée",
                        "class Deep { void down() { try { down(); } catch (StackOverflowError e) { down(); } } }\n"
                                + "while (true) new Deep().down();"),
                Arguments.of("invokeAll sur threads virtuels", """
                        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
                            pool.invokeAll(Collections.nCopies(10, (Callable<Void>) () -> { Thread.sleep(Long.MAX_VALUE); return null; }));
                        }"""));
    }

    @ParameterizedTest(name = "arrête la cellule, garde les variables, et la suivante s''exécute : {0}")
    @MethodSource("endless")
    void stopsTheCell(String name, String code) throws Exception {
        kernel.ok("String kept = \"gardée\";");
        var cell = interrupted(code);
        assertEquals("error", cell.status(), cell::toString);
        assertTrue(String.join("\n", cell.traceback()).contains("nterromp"), cell.traceback().toString());
        assertEquals("gardée", kernel.value("kept"));
    }

    @ParameterizedTest(name = "une cellule qui montre plus vite qu''on ne lit s''interrompt aussi : {0}")
    @ValueSource(strings = {"display(\"encore\");", "System.out.println(\"encore\");", "display(\"encore\").update(\"et encore\");",
        "{ System.out.println(\"o\"); System.err.println(\"e\"); }"})
    void floodIsInterruptible(String shows) throws Exception {
        var cell = kernel.execute("while (true) " + shows);
        cell.await("beaucoup de messages", e -> e.size() > (shows.startsWith("display") ? 3000 : 100));
        kernel.interrupt();
        assertEquals("error", cell.done().status());
        assertEquals("2", kernel.value("1 + 1"));
    }

    @ParameterizedTest(name = "un long calcul du JDK est abandonné : {0}")
    @ValueSource(strings = {"java.math.BigInteger.valueOf(7).pow(Integer.MAX_VALUE / 8);", "LongStream.iterate(1, Math::abs).max();"})
    void abandonsTheJdk(String code) throws Exception {
        try {
            stopsTheCell(code, code);
        } finally {
            renewKernel();                      // le calcul abandonné occuperait un processeur pendant les tests suivants
        }
    }

    @Test
    @DisplayName("un long calcul du JDK est abandonné même quand les tâches de l'élève bloquent le pool commun")
    void abandonsTheJdkWhileTheCommonPoolIsBlocked() throws Exception {
        kernel.ok("""
                Runnable endless = () -> { while (true) try { Thread.sleep(60_000); } catch (InterruptedException e) { } };
                for (int i = 0; i < 64; i++) CompletableFuture.runAsync(endless);""");
        try {
            stopsTheCell("BigInteger", "new java.math.BigInteger(\"7\").pow(60_000_000).pow(3).bitLength();");
        } finally {
            renewKernel();
        }
    }

    @Test
    @DisplayName("un flux parallèle s'arrête, et ses threads, qui n'ont pas de cellule, redeviennent libres")
    void parallelStream() throws Exception {
        for (String turn : List.of("", "Thread.onSpinWait();", "java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);")) {
            var cell = interrupted("IntStream.range(0, 100).parallel().forEach(i -> { while (true) { " + turn + " } });");
            assertEquals("error", cell.status(), cell::toString);
            kernel.ok("while (ForkJoinPool.commonPool().getActiveThreadCount() > 0) Thread.sleep(10);");
        }
    }

    /**
     * Quand un thread sans cellule cherche dans sa pile à chaque tour de boucle, le rapport est de plusieurs centaines. Il compare du temps
     * de processeur : les autres programmes de la machine n'y changent rien.
     */
    @Test
    @DisplayName("après une interruption, un calcul parallèle n'est pas dix fois plus lent")
    void parallelCodeStaysFast() throws Exception {
        renewKernel();                                                          // où rien n'a encore été interrompu
        kernel.ok("""
                var machine = (com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory.getOperatingSystemMXBean();
                long cost() {
                    long start = machine.getProcessCpuTime();
                    for (int round = 0; round < 20; round++)
                        LongStream.range(0, 300_000).parallel().map(x -> { for (int i = 0; i < 3; i++) x += i; return x; }).sum();
                    return machine.getProcessCpuTime() - start;
                }
                cost();
                long before = cost();""");
        interrupted("while (true) { }");
        kernel.ok("long after = cost();");
        assertEquals("true", kernel.value("after < 10 * before"), () -> "après / avant : " + ratio());
    }

    private static String ratio() {
        try {
            return kernel.value("(double) after / before");
        } catch (InterruptedException e) {
            return "inconnu";
        }
    }

    @Test
    @DisplayName("des cellules de toutes les sortes interrompues l'une après l'autre : la suivante n'est pas touchée")
    void oneAfterTheOther() throws Exception {
        kernel.ok("int x = 41;");
        try {
            for (var endless : endless()) {
                assertEquals("error", interrupted((String) endless.get()[1]).status());
                assertEquals("42", kernel.value("x + 1"), () -> "après : " + endless.get()[0]);
            }
            assertEquals("error", interrupted("new java.math.BigInteger(\"3\").pow(400_000_000).bitLength();").status());
            assertEquals("42", kernel.value("x + 1"));
        } finally {
            renewKernel();
        }
    }

    @Test
    @DisplayName("un toString() sans fin, au moment de montrer le résultat, s'interrompt")
    void endlessToString() throws Exception {
        var cell =
                kernel.execute("class Loop { public String toString() { System.out.println(\"parti\"); while (true) { } } }\nnew Loop()");
        cell.awaitStart();
        kernel.interrupt();
        assertEquals("error", cell.done().status());
        assertEquals("2", kernel.value("1 + 1"));
    }

    @Test
    @DisplayName("une boucle vide rend son thread : il ne brûle plus de processeur")
    void busyLoopGivesItsThreadBack() throws Exception {
        kernel.ok("Thread looping;");
        interrupted("looping = Thread.currentThread();\nwhile (true) { }");
        assertEquals("true", kernel.value("looping == Thread.currentThread() || looping.join(java.time.Duration.ofSeconds(15))"));
    }

    @Test
    @DisplayName("les blocs finally s'exécutent, et leurs lignes s'affichent")
    void finallyRuns() throws Exception {
        assertTrue(interrupted("try { while (true) { } } finally { System.out.println(\"rangé\"); }").stdout().contains("rangé"));
        assertTrue(
                interrupted("try { Thread.sleep(Long.MAX_VALUE); } finally { System.out.println(\"rangé\"); }").stdout().contains("rangé"));
    }

    @Test
    @DisplayName("un try-with-resources ferme ses ressources")
    void resourcesAreClosed() throws Exception {
        kernel.ok("java.net.ServerSocket server;");
        interrupted("try (var s = new java.net.ServerSocket(0)) { server = s; while (true) { } }");
        assertEquals("true", kernel.value("server.isClosed()"));
    }

    @Test
    @DisplayName("le thread d'arrière-plan d'une autre cellule vit encore")
    void otherCellsLiveOn() throws Exception {
        var launching = kernel.ok("""
                var go = new Semaphore(0);
                var ticks = new java.util.concurrent.atomic.AtomicLong();
                Thread living = Thread.ofPlatform().daemon().start(() -> {
                    go.acquireUninterruptibly();
                    for (int i = 0; i < 1000; i++) ticks.incrementAndGet();
                    System.out.println("toujours là");
                });""");
        interrupted("while (true) { }");
        kernel.ok("go.release();");
        launching.awaitOutput("toujours là");
        assertEquals("1000", kernel.value("ticks"));
    }

    @Test
    @DisplayName("les boucles lancées par la cellule interrompue s'arrêtent avec elle")
    void itsOwnThreadsStop() throws Exception {
        kernel.ok("Thread mine;");
        interrupted("mine = Thread.ofPlatform().daemon().start(() -> { while (true) { } });\nwhile (true) { }");
        assertEquals("true", kernel.value("mine.join(java.time.Duration.ofSeconds(15))"));
    }

    @Test
    @DisplayName("une méthode d'une autre cellule s'interrompt aussi")
    void methodOfAnotherCell() throws Exception {
        kernel.ok("void spin() { while (true) { } }");
        assertEquals("error", interrupted("spin();").status());
    }

    @Test
    @DisplayName("interrompue dès son annonce, avant même d'être compilée, la cellule s'arrête")
    void asSoonAsAnnounced() throws Exception {
        for (int i = 0; i < 10; i++) {
            var cell = kernel.execute("int fresh" + i + " = 0;\nfor (;;) fresh" + i + "++;");
            cell.await("execute_input", e -> !e.messages("execute_input").isEmpty());
            kernel.interrupt();
            assertEquals("error", cell.done().status());
        }
    }

    @Test
    @DisplayName("interrompue deux fois, la cellule finit une fois, et la suivante n'est pas touchée")
    void twice() throws Exception {
        var cell = kernel.execute("{ System.out.println(\"parti\"); Thread.sleep(Long.MAX_VALUE); }");
        cell.awaitStart();
        kernel.interrupt();
        kernel.interrupt();
        assertEquals("error", cell.done().status());
        assertEquals("1", kernel.value("Thread.sleep(1);\n1"));
    }

    @Test
    @DisplayName("sans cellule en cours, elle ne fait rien à la suivante")
    void whileIdle() throws Exception {
        kernel.interrupt();
        assertEquals("1", kernel.value("Thread.sleep(1);\nint sum = 0;\nfor (int i = 0; i < 10; i++) sum += i;\n1"));
    }

    @Test
    @DisplayName("une cellule qui s'interrompt elle-même n'interrompt pas la suivante")
    void selfInterrupt() throws Exception {
        kernel.ok("Thread.currentThread().interrupt();");
        assertEquals("1", kernel.value("Thread.sleep(1);\n1"));
    }

    @Test
    @DisplayName("les cellules en attente derrière la cellule interrompue ne s'exécutent pas")
    void queuedCellsAreAborted() throws Exception {
        var cell = kernel.execute("{ System.out.println(\"parti\"); while (true) { } }");
        var queued = kernel.execute("System.out.println(\"après\");");
        cell.awaitStart();
        kernel.interrupt();
        cell.done();
        assertEquals("aborted", queued.done().status());
        assertEquals("", queued.stdout());
    }

    @Test
    @DisplayName("vingt interruptions de suite laissent un noyau sain")
    void twentyTimes() throws Exception {
        kernel.ok("int survivor = 3;");
        for (int i = 0; i < 20; i++)
            assertEquals("error", interrupted(i % 2 == 0 ? "while (true) { }" : "Thread.sleep(Long.MAX_VALUE);").status());
        assertEquals("3", kernel.value("survivor"));
    }
}
