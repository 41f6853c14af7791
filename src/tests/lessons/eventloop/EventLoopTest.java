package lessons.eventloop;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import java.util.concurrent.CompletableFuture;
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
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Ce que montre la leçon 11, cellule par cellule, et ce que sa boucle supporte : de longs messages, un client qui ne lit pas, un client qui
 * disparaît, un arrêt. Ces essais s'exécutent à la place de cellules qui ne montrent rien.
 */
@Execution(ExecutionMode.CONCURRENT)
@DisplayName("leçon 11, la boucle d'événements")
class EventLoopTest {

    private static final Pattern TIMED = Pattern.compile("(\\d+)s \\+ (\\d{3})ms (.+)");

    private static final String LONG_MESSAGE = """
            try (var client = EchoClient.connect(serve(new EventLoop(), 0))) {
                IO.println("revenus : " + client.echo(new byte[5_000_000]).length);
            }
            """;
    private static final String DEAF_CLIENT = """
            int deafPort = serve(new EventLoop(), 0);
            try (var deaf = SocketChannel.open(new InetSocketAddress("127.0.0.1", deafPort));
                 var client = EchoClient.connect(deafPort)) {
                deaf.configureBlocking(false);
                var block = ByteBuffer.allocate(1 << 16);
                for (int full = 0; full < 20; Thread.sleep(5)) full = deaf.write(block.clear()) == 0 ? full + 1 : 0;
                IO.println("l'autre reçoit : " + client.echo("Hey"));
            }
            """;
    private static final String VANISHED = """
            var watched = new EventLoop();
            int watchedPort = serve(watched, 0);
            EchoCrowd.vanish(watchedPort);
            try (var client = EchoClient.connect(watchedPort)) { IO.println("l'autre reçoit : " + client.echo("Hey")); }
            var open = new CompletableFuture<Long>();
            watched.execute(() -> watched.later(0.2, () ->
                open.complete(watched.selector.keys().stream().filter(SelectionKey::isValid).count())));
            IO.println("sockets ouverts : " + open.get(10, TimeUnit.SECONDS));
            """;
    private static final String STOPPED = """
            var stopped = new EventLoop();
            int stoppedPort = serve(stopped, 0);
            Relay.stop("boucle");
            IO.println("selector ouvert : " + stopped.selector.isOpen());
            try { EchoClient.connect(stoppedPort); } catch (ConnectException e) { IO.println("plus personne n'écoute"); }
            try { stopped.execute(() -> {}); } catch (RejectedExecutionException e) { IO.println(e.getMessage()); }
            """;
    private static final String STOPPED_WHILE_BLOCKED = """
            var busy = new EventLoop();
            serve(busy, 0);
            var asleep = new CountDownLatch(1);
            busy.execute(new FutureTask<>(() -> { asleep.countDown(); Thread.sleep(60_000); return null; }));
            asleep.await();
            Relay.stop("boucle");
            IO.println("arrêtée, selector ouvert : " + busy.selector.isOpen());
            """;

    private static final String FRAGILE = """
            var fragile = new ReadyLoop();
            fragile.soon(() -> Integer.parseInt("douze"));
            fragile.soon(() -> IO.println("la tâche suivante"));
            try { fragile.run(); } catch (Exception e) { IO.println("boucle arrêtée : " + e); }
            var stopped = new SafeLoop();
            stopped.soon(() -> { throw new InterruptedException(); });
            try { stopped.run(); } catch (InterruptedException e) { IO.println("boucle interrompue"); }
            """;

    private static Exercises exercises;
    private static NotebookRun run;

    @BeforeAll
    @Timeout(900)
    static void runOnce() throws Exception {
        var lesson = Lesson.of("11-boucle-d-evenements");
        exercises = answers(lesson);
        var plan = new NotebookRun.Plan(lesson).runAll().await("thousand", 1, "tâche en échec")
                .runAs("ready-loop", LONG_MESSAGE).runAs("timer-loop", DEAF_CLIENT).runAs("socket-loop", VANISHED)
                .runAs("echo", STOPPED).runAs("accept", STOPPED_WHILE_BLOCKED).runAs("serve", FRAGILE);
        run = exercises.addTo(plan).execute();
    }

    private static Exercises answers(Lesson lesson) {
        return new Exercises(lesson)
                .refused(1, "dort dans la boucle", every("""
                        loop.soon(() -> { while (task.getAsBoolean()) Thread.sleep((long) (1000 * seconds)); });"""),
                        "la boucle était retenue")
                .refused(1, "une seule fois", every("loop.later(seconds, () -> task.getAsBoolean());"), "qu’une fois")
                .refused(1, "sans attendre", every("loop.soon(() -> { if (task.getAsBoolean()) every(loop, seconds, task); });"),
                        "revient sans attendre")
                .refused(1, "ignore la réponse de la tâche",
                        every("loop.later(seconds, () -> { task.getAsBoolean(); every(loop, seconds, task); });"),
                        "rappelée quand même")
                .refused(1, "continue quand c'est faux",
                        every("loop.later(seconds, () -> { if (!task.getAsBoolean()) every(loop, seconds, task); });"),
                        "qu’une fois")
                .refused(1, "dans un autre thread", every("""
                        try { Thread.startVirtualThread(() -> { while (task.getAsBoolean()) { } }).join(); }
                            catch (InterruptedException e) { }"""), "autre thread")
                .refused(1, "remise par un autre thread, après son attente", every("""
                        Thread.startVirtualThread(() -> {
                                LockSupport.parkNanos((long) (1e9 * seconds));
                                loop.soon(() -> { if (task.getAsBoolean()) every(loop, seconds, task); });
                            });"""), "trop tard")
                .refused(1, "un ScheduledExecutorService du JDK", every("""
                        var clock = Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());
                            clock.scheduleAtFixedRate(() -> { if (!task.getAsBoolean()) clock.shutdown(); },
                                (long) (1e9 * seconds), (long) (1e9 * seconds), TimeUnit.NANOSECONDS);"""), "dans un autre thread")
                .refused(1, "boucle sans fin dans la tâche", every("loop.soon(() -> { while (task.getAsBoolean()) { } });"),
                        "revient sans attendre")
                .accepted(1, "à heures fixes", every("""
                        double start = loop.now();
                            loop.later(seconds, new Task() {
                                int n = 1;
                                public void run() {
                                    n++;
                                    if (task.getAsBoolean()) loop.timers.add(Map.entry(start + 1000 * seconds * n, this));
                                }
                            });"""))
                .accepted(1, "la première fois tout de suite", every("""
                        loop.soon(() -> { if (task.getAsBoolean()) loop.later(seconds, () -> every(loop, seconds, task)); });"""))
                .accepted(1, "avec une tâche qui se nomme", every("""
                        loop.later(seconds, new Task() {
                                public void run() { if (task.getAsBoolean()) loop.later(seconds, this); }
                            });"""))

                .refused(2, "orTimeout", timeout("return answer.orTimeout((long) (1000 * seconds), TimeUnit.MILLISECONDS);"),
                        "rien n’y retenait l’échéance")
                .refused(2, "attend dans la boucle", timeout("""
                        try { answer.get((long) (1000 * seconds), TimeUnit.MILLISECONDS); }
                            catch (Exception e) { answer.completeExceptionally(e); }
                            return answer;"""), "la boucle était retenue")
                .refused(2, "rend null", timeout("loop.later(seconds, () -> answer.complete(null)); return answer;"),
                        "vous rendez une valeur")
                .refused(2, "lance l'exception dans la tâche", timeout("""
                        loop.later(seconds, () -> { throw new TimeoutException(); }); return answer;"""), "n’en saura jamais rien")
                .refused(2, "un thread qui dort, puis prévient", timeout("""
                        Thread.startVirtualThread(() -> {
                                LockSupport.parkNanos((long) (1e9 * seconds));
                                answer.completeExceptionally(new TimeoutException());
                            });
                            return answer;"""), "un autre thread que celui de la boucle")
                .refused(2, "dort dans la boucle", timeout("""
                        loop.soon(() -> { Thread.sleep((long) (1000 * seconds)); answer.completeExceptionally(new TimeoutException()); });
                            return answer;"""), "la boucle était retenue")
                .refused(2, "completeOnTimeout", timeout(
                        "return answer.completeOnTimeout(null, (long) (1000 * seconds), TimeUnit.MILLISECONDS);"), "un autre thread")
                .refused(2, "échoue tout de suite", timeout(
                        "answer.completeExceptionally(new TimeoutException()); return answer;"), "sans qu’on lui laisse le temps")
                .accepted(2, "seulement si rien n'est venu", timeout("""
                        loop.later(seconds, () -> { if (!answer.isDone()) answer.completeExceptionally(new TimeoutException()); });
                            return answer;"""))
                .refused(2, "annule", timeout("loop.later(seconds, () -> answer.cancel(true)); return answer;"),
                        "et non par CancellationException")
                .refused(2, "une promesse sans lien avec la réponse", timeout("""
                        var result = new CompletableFuture<T>();
                            loop.later(seconds, () -> result.completeExceptionally(new TimeoutException()));
                            return result;"""), "échoue quand même")
                .refused(2, "perd les échecs", timeout("""
                        var result = new CompletableFuture<T>();
                            answer.thenAccept(result::complete);
                            loop.later(seconds, () -> result.completeExceptionally(new TimeoutException()));
                            return result;"""), "transmis tel quel")
                .accepted(2, "avec une seconde promesse", timeout("""
                        var late = new CompletableFuture<T>();
                            loop.later(seconds, () -> late.completeExceptionally(new TimeoutException()));
                            return answer.applyToEither(late, value -> value);"""))

                .refused(3, "bloque la boucle", offload("""
                        loop.soon(() -> {
                                try { answer.complete(call.call()); } catch (Exception e) { answer.completeExceptionally(e); }
                            });"""), "dans le thread de la boucle")
                .refused(3, "finit dans l'autre thread", offload("""
                        Thread.startVirtualThread(() -> {
                                try { answer.complete(call.call()); } catch (Exception e) { answer.completeExceptionally(e); }
                            });"""), "dans un autre thread")
                .refused(3, "soon au lieu d'execute", offload("""
                        Thread.startVirtualThread(() -> {
                                try { var value = call.call(); loop.soon(() -> answer.complete(value)); }
                                catch (Exception e) { loop.soon(() -> answer.completeExceptionally(e)); }
                            });"""), "il faut la réveiller")
                .refused(3, "perd l'échec", offload("""
                        Thread.startVirtualThread(() -> {
                                try { var value = call.call(); loop.execute(() -> answer.complete(value)); } catch (Exception e) { }
                            });"""), "personne n’est prévenu")
                .refused(3, "l'échec devient null", offload("""
                        Thread.startVirtualThread(() -> {
                                try { var value = call.call(); loop.execute(() -> answer.complete(value)); }
                                catch (Exception e) { loop.execute(() -> answer.complete(null)); }
                            });"""), "échoué par IOException")
                .refused(3, "later depuis l'autre thread", offload("""
                        Thread.startVirtualThread(() -> {
                                try { var value = call.call(); loop.later(0, () -> answer.complete(value)); }
                                catch (Exception e) { loop.later(0, () -> answer.completeExceptionally(e)); }
                            });"""), "il faut la réveiller")
                .refused(3, "appelle tout de suite", offload("""
                        try { answer.complete(call.call()); } catch (Exception e) { answer.completeExceptionally(e); }"""),
                        "dans le thread de la boucle")
                .refused(3, "attend l'autre thread dans la boucle", offload("""
                        var task = new FutureTask<>(call);
                            Thread.startVirtualThread(task);
                            loop.soon(() -> {
                                try { answer.complete(task.get()); } catch (ExecutionException e) { answer.complete(null); }
                            });"""), "échoué par IOException")
                .refused(3, "supplyAsync, sans revenir", offload("""
                        CompletableFuture.runAsync(() -> {
                                try { answer.complete(call.call()); } catch (Exception e) { answer.completeExceptionally(e); }
                            });"""), "dans un autre thread")
                .accepted(3, "handle, puis execute", offload("""
                        CompletableFuture.supplyAsync(() -> {
                                try { return call.call(); } catch (Exception e) { throw new CompletionException(e); }
                            }).whenComplete((value, failure) -> loop.execute(() -> {
                                if (failure == null) answer.complete(value);
                                else answer.completeExceptionally(failure.getCause());
                            }));"""))
                .accepted(3, "whenCompleteAsync", """
                        <T> CompletableFuture<T> offload(EventLoop loop, Callable<T> call) {
                            return CompletableFuture.supplyAsync(() -> {
                                try { return call.call(); } catch (Exception e) { throw new CompletionException(e); }
                            }).whenCompleteAsync((value, failure) -> { }, loop);
                        }
                        """);
    }

    private static String every(String body) {
        return "void every(TimerLoop loop, double seconds, BooleanSupplier task) {\n    " + body + "\n}";
    }

    private static String timeout(String body) {
        return "<T> CompletableFuture<T> within(TimerLoop loop, CompletableFuture<T> answer, double seconds) {\n    " + body + "\n}";
    }

    private static String offload(String body) {
        return "<T> CompletableFuture<T> offload(EventLoop loop, Callable<T> call) {\n    var answer = new CompletableFuture<T>();\n    "
                + body + "\n    return answer;\n}";
    }

    @TestFactory
    @DisplayName("exercices")
    Stream<DynamicTest> answers() {
        return exercises.tests(run);
    }

    @Test
    @DisplayName("aucune cellule en erreur")
    void clean() {
        run.assertClean();
    }

    @Test
    @DisplayName("étape 1 : les comptes à rebours avancent ensemble, et le dormeur les retient")
    void countdown() {
        assertEquals(List.of("rouge 3", "vert 3", ">>> dormeur", "<<< dormeur", "rouge 2", "vert 2", "rouge 1", "vert 1"),
                texts(timed("countdown")));
        assertTrue(timed("countdown").get(4).millis() >= 500, "le tour suivant attend le dormeur");
    }

    @Test
    @DisplayName("une exception arrête la première boucle ; la seconde la dit et continue, mais l'interruption l'arrête")
    void exceptions() {
        var fragile = run.last("serve").lines();
        assertEquals(2, fragile.size(), fragile::toString);
        assertTrue(fragile.get(0).startsWith("boucle arrêtée : ") && fragile.get(0).endsWith("\"douze\""), fragile.get(0));
        assertEquals("boucle interrompue", fragile.get(1));
        var safe = run.first("safe-loop").lines();
        assertTrue(safe.get(0).startsWith("tâche en échec : ") && safe.get(0).endsWith("\"douze\""), safe.get(0));
        assertEquals("la tâche suivante", safe.get(1));
    }

    @Test
    @DisplayName("étape 2 : rouge puis vert, pendant bleu, dans un seul thread")
    void sequences() {
        var lines = timed("sequences");
        assertEquals(List.of(">>> rouge", ">>> bleu", "<<< rouge", ">>> vert"), texts(lines).subList(0, 4));
        assertEquals(List.of("<<< bleu", "<<< vert"), texts(lines).subList(4, 6).stream().sorted().toList());
        assertTrue(lines.get(2).millis() >= 500 && lines.get(4).millis() >= 1000, () -> "une attente n'est pas plus courte : " + lines);
    }

    @Test
    @DisplayName("mille clients servis par un thread en bien moins que mille secondes, et le client perdu est dit une fois")
    void thousandClients() {
        var served = run.first("thousand").lines("clients servis").stream().map(Line::parse).toList();
        assertEquals(List.of("1000 clients servis par un seul thread"), texts(served));
        assertTrue(served.getFirst().millis() >= 1000, "le serveur attend une seconde");
        assertTrue(served.getFirst().millis() < 30_000, () -> "l'un après l'autre, ils prendraient mille secondes : " + served);
        assertEquals(1, run.first("thousand").lines("tâche en échec").size(), () -> run.first("thousand").text());
    }

    @Test
    @DisplayName("un appel bloquant dans la boucle retient mille échos ; ailleurs, aucun")
    void blockingCall() {
        var durations = run.first("blocking").lines().stream().map(line -> Long.parseLong(line.replaceAll("\\D", ""))).toList();
        assertEquals(3, durations.size(), durations::toString);
        assertTrue(durations.get(1) >= 900, durations::toString);
        assertTrue(durations.get(0) < durations.get(1) && durations.get(2) < durations.get(1), durations::toString);
    }

    @Test
    @DisplayName("la photographie montre un thread virtuel par client, et peu de porteurs")
    void threadDump() {
        var lines = run.first("thread-dump").lines();
        assertEquals("1000 threads virtuels, un par client", lines.get(0));
        assertTrue(lines.get(1).matches("[1-9]\\d* porteurs"), lines.get(1));
    }

    /** Un pari sur l'intérieur du JDK : {@code sun.nio.ch.Poller} de Java 25, sous Linux. S'il change, la leçon aussi. */
    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("sous Linux, les sockets sont à des SubPoller virtuels ; seuls le MasterPoller et notre boucle attendent dans le système")
    void stacks() {
        var lines = run.first("stacks").lines();
        assertTrue(lines.get(0).startsWith("un client : VirtualThread.park") && lines.get(0).contains("Poller.poll"), lines.get(0));
        assertTrue(lines.get(1).startsWith("notre boucle : EPoll.wait") && lines.get(1).contains("SocketLoop.pause"), lines.get(1));
        assertTrue(lines.get(2).matches("[1-9]\\d* virtuels : VirtualThread.park.*Poller.subPollerLoop.*"), lines.get(2));
        assertTrue(lines.get(3).startsWith("1 autre : EPoll.wait") && lines.get(3).contains("Poller.pollerLoop"), lines.get(3));
    }

    @Test
    @DisplayName("côte à côte : deux vitesses, un rapport, et la mémoire d'une connexion de chaque côté")
    void measure() {
        var cell = run.first("measure");
        assertEquals(2, Pattern.compile("<tr><td>").matcher(cell.html()).results().count(), cell::html);
        var memory = Pattern.compile("(\\d+),\\d Ko").matcher(cell.lines("par connexion").getFirst()).results()
                .map(number -> Integer.parseInt(number.group(1))).toList();
        assertEquals(2, memory.size(), () -> cell.lines().toString());
        assertTrue(memory.get(0) >= 14, memory::toString);                                      // 16 Ko : le tampon de la boucle
        assertTrue(memory.get(1) >= 1 && memory.get(1) < memory.get(0), memory::toString);      // 512 octets, et la pile d'un thread
    }

    @Test
    @DisplayName("annuler une CompletableFuture n'interrompt pas celui qui travaille pour elle")
    void cancelInterruptsNothing() throws Exception {
        var started = new CountDownLatch(1);
        var cancelled = new CountDownLatch(1);
        var interrupted = new CompletableFuture<Boolean>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answer = CompletableFuture.runAsync(() -> {
                started.countDown();
                try {
                    cancelled.await();
                    Thread.sleep(50);
                    interrupted.complete(false);
                } catch (InterruptedException e) {
                    interrupted.complete(true);
                }
            }, threads);
            started.await();
            assertTrue(answer.cancel(true));
            cancelled.countDown();
            assertFalse(interrupted.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    @DisplayName("rien ne reste ouvert : ni descripteur, ni boucle")
    void nothingLeft() {
        var lines = run.first("nothing-left").lines();
        var during = Integer.parseInt(lines.get(0).replaceAll("\\D", ""));
        assertTrue(during == 0 || during >= 200, lines::toString);   // 0 : le système ne le dit pas
        assertTrue(lines.get(1).matches("après : (0|-\\d+)"), lines.get(1));
        assertEquals("boucles qui tournent : 0", lines.get(2));
    }

    @Test
    @DisplayName("un long message revient entier, et la connexion se ferme ensuite")
    void longMessage() {
        assertEquals(List.of("revenus : 5000000"), run.last("ready-loop").lines());
    }

    @Test
    @DisplayName("un client qui envoie sans lire ne gêne pas les autres")
    void deafClient() {
        assertEquals(List.of("l'autre reçoit : Hey"), run.last("timer-loop").lines("l'autre"));
    }

    @Test
    @DisplayName("le socket d'un client disparu est fermé : il ne reste que celui du serveur")
    void vanishedClient() {
        assertEquals(List.of("l'autre reçoit : Hey"), run.last("socket-loop").lines("l'autre"));
        assertEquals(List.of("sockets ouverts : 1"), run.last("socket-loop").lines("sockets"));
    }

    @Test
    @DisplayName("arrêtée, la boucle a tout fermé et refuse les tâches")
    void stopped() {
        assertEquals(List.of("selector ouvert : false", "plus personne n'écoute", "boucle arrêtée"), run.last("echo").lines());
    }

    @Test
    @DisplayName("la boucle s'arrête même au milieu d'un appel bloquant")
    void stoppedWhileBlocked() {
        assertEquals(List.of("arrêtée, selector ouvert : false"), run.last("accept").lines());
    }

    private record Line(long millis, String text) {

        static Line parse(String line) {
            var matcher = TIMED.matcher(line);
            assertTrue(matcher.matches(), () -> "une ligne mal formée : " + line);
            return new Line(Long.parseLong(matcher.group(1)) * 1000 + Long.parseLong(matcher.group(2)), matcher.group(3));
        }
    }

    /** Les lignes d'une cellule, sans celle du départ du chronomètre. */
    private static List<Line> timed(String cell) {
        var lines = run.first(cell).lines();
        assertTrue(lines.getFirst().endsWith("zero"), () -> cell + " : " + lines);
        return lines.subList(1, lines.size()).stream().map(Line::parse).toList();
    }

    private static List<String> texts(List<Line> lines) {
        return lines.stream().map(Line::text).toList();
    }
}
