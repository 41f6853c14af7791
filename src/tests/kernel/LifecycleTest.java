package kernel;

import static org.junit.jupiter.api.Assertions.*;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import kernel.protocol.Json;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Démarrer, arrêter, redémarrer. Chaque test a son propre noyau : il le tue. */
@DisplayName("Vie du noyau")
class LifecycleTest {

    @TempDir
    Path folder;

    // --- Première cellule : le noyau y répond avant d'avoir fini de démarrer ---

    static List<Arguments> firstCells() {
        return List.of(
                Arguments.of("IO.print(1);\nList.of(2, 3)", List.of("stdout:1", "result:[2, 3]")),
                Arguments.of("int x = 1;\nint twice(int n) { return 2 * n; }\ntwice(x) + 1", List.of("result:3")),
                Arguments.of("// un commentaire\nimport java.util.zip.*;\nnew CRC32().getValue()", List.of("result:0")),
                Arguments.of("display(1); throw new IllegalStateException();",
                        List.of("display:1", "error:java.lang.IllegalStateException")),
                Arguments.of("IO.print(1);\nIO.print(nope);", List.of("error:Erreur de compilation")));
    }

    @ParameterizedTest(name = "la première cellule a tout ce qu''il lui faut : {0}")
    @MethodSource("firstCells")
    void firstCell(String code, List<String> story) throws Exception {
        try (var client = KernelClient.start(folder)) {
            var cell = client.run(code);
            assertEquals(story.getLast(), cell.story().getLast(), cell::toString);
            if (cell.status().equals("ok")) assertEquals(story, cell.story());
            else assertTrue(String.join("\n", cell.traceback()).contains("cellule [1], ligne"), cell.traceback().toString());
            assertEquals("2", client.value("1 + 1"));
        }
    }

    @Test
    @DisplayName("interrompue dès son début, pendant que le noyau démarre, la première cellule s'arrête, et la suivante s'exécute")
    void interruptedFirstCell() throws Exception {
        try (var client = KernelClient.start(folder)) {
            var cell = client.execute("while (true) { }");
            cell.await("execute_input", e -> !e.messages("execute_input").isEmpty());
            client.interrupt();
            assertEquals("error", cell.done().status());
            assertEquals("2", client.value("1 + 1"));
        }
    }

    @Test
    @DisplayName("un JDK qui fermerait l'intérieur de javac : les cellules s'exécutent quand même, plus lentement")
    void closedJavac() throws Exception {
        try (var client = KernelClient.start(folder, Map.of(), word -> word.startsWith("--add-exports") ? "-Dclosed=true" : word)) {
            client.ok("int few = 20;\nint twice(int x) { return 2 * x; }");
            assertEquals("42", client.value("twice(few) + List.of(1, 2).size()"));
            client.ok("int twice(int x) { return x + x + 1; }");
            assertEquals("43", client.value("twice(few) + List.of(1, 2).size()"));
        }
    }

    // --- Arrêt ---

    static List<Arguments> occupations() {
        return List.of(
                Arguments.of("un thread ordinaire tourne sans fin", "Thread.ofPlatform().start(() -> { while (true) { } });"),
                Arguments.of("un thread ordinaire dort et ignore les interruptions",
                        "new Thread(() -> { while (true) try { Thread.sleep(100_000); } catch (Throwable t) { } }).start();"),
                Arguments.of("un crochet d'arrêt ne finit jamais",
                        "Runtime.getRuntime().addShutdownHook(new Thread(() -> { while (true) { } }));"),
                Arguments.of("un serveur écoute",
                        "var server = new java.net.ServerSocket(0); Thread.ofPlatform().start(() -> { try { while (true) "
                                + "server.accept(); } catch (Exception e) { } });"));
    }

    @ParameterizedTest(name = "à l''arrêt, ni processus ni dossier temporaire ne reste : {0}")
    @MethodSource("occupations")
    void shutdownLeavesNothing(String name, String code) throws Exception {
        try (var client = KernelClient.start(folder)) {
            client.ok(code);
            client.shutdown(false);
            assertEquals(0, client.kernel().exitCode());
            assertEquals(List.of(), client.kernel().temporaryFiles());
        }
    }

    @ParameterizedTest(name = "à l''arrêt pendant une cellule sans fin, il ne reste rien : {0}")
    @ValueSource(strings = {"while (true) { }", "Thread.sleep(Long.MAX_VALUE);", "while (true) System.out.println(\"encore\");"})
    void shutdownWhileRunning(String code) throws Exception {
        try (var client = KernelClient.start(folder)) {
            client.execute("{ System.out.println(\"parti\"); " + code + " }").awaitStart();
            client.shutdown(false);
            assertEquals(0, client.kernel().exitCode());
            assertEquals(List.of(), client.kernel().temporaryFiles());
        }
    }

    @Test
    @DisplayName("fini par un signal, il ne laisse rien non plus")
    void signalLeavesNothing() throws Exception {
        try (var client = KernelClient.start(folder)) {
            client.ok("1 + 1");
            client.kernel().process().destroy();
            client.kernel().exitCode();
            assertEquals(List.of(), client.kernel().temporaryFiles());
        }
    }

    @Test
    @DisplayName("tué, il laisse un dossier temporaire : le suivant qui finit l'efface")
    void killedKernelsFolder() throws Exception {
        try (var client = KernelClient.start(folder)) {
            var process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-version").redirectErrorStream(true)
                    .start();
            process.waitFor();
            var abandoned = Files.createDirectories(client.kernel().temporaryFolder().resolve("java-kernel-" + process.pid() + "-1/api"));
            client.shutdown(false);
            client.kernel().exitCode();
            assertFalse(Files.exists(abandoned));
        }
    }

    @Test
    @DisplayName("les processus que les cellules ont lancés finissent avec le noyau")
    void childProcessesEnd() throws Exception {
        try (var client = KernelClient.start(folder)) {
            long child = Long.parseLong(client.value("""
                    String java = ProcessHandle.current().info().command().orElseThrow();
                    Process child = new ProcessBuilder(java, "-m", "jdk.httpserver", "-p", "0", "-b", "127.0.0.1")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
                    child.pid()"""));
            var handle = ProcessHandle.of(child).orElseThrow();
            try {
                client.shutdown(false);
                client.kernel().exitCode();
                handle.onExit().get(Exchange.DEADLINE_SECONDS, TimeUnit.SECONDS);
            } finally {
                handle.destroyForcibly();
            }
        }
    }

    @Test
    @DisplayName("les crochets d'arrêt des cellules s'exécutent")
    void shutdownHooksRun() throws Exception {
        try (var client = KernelClient.start(folder)) {
            client.ok(
                    "Runtime.getRuntime().addShutdownHook(new Thread(() -> { try { "
                            + "java.nio.file.Files.writeString(java.nio.file.Path.of(\"hook.txt\"), \"fait\"); } catch (Exception e) { } "
                            + "}));");
            client.shutdown(false);
            client.kernel().exitCode();
            assertEquals("fait", Files.readString(folder.resolve("hook.txt")));
        }
    }

    @Test
    @DisplayName("la réponse à l'arrêt dit s'il s'agit d'un redémarrage")
    void shutdownReply() throws Exception {
        try (var client = KernelClient.start(folder)) {
            var reply = client.shutdown(true).reply();
            assertEquals("ok", reply.get("status").getAsString());
            assertTrue(reply.get("restart").getAsBoolean());
        }
    }

    @Test
    @DisplayName("redémarré, il a oublié les variables et recompte depuis 1")
    void restart() throws Exception {
        var client = KernelClient.start(folder);
        client.ok("int before = 1;");
        try (var restarted = client.restart()) {
            assertEquals(1, restarted.fails("before").number());
            assertEquals("2", restarted.value("1 + 1"));
        }
    }

    @Test
    @DisplayName("redémarré, il retrouve les cellules d'avant dans l'historique, même si une ligne du fichier est coupée")
    void historyOutlivesARestart() throws Exception {
        var client = KernelClient.start(folder);
        client.ok("\"avant\"");
        assertEquals(List.of("\"avant\""), lastCells(client));                    // le noyau écrit à part : sa réponse dit que c'est fait
        Files.writeString(folder.resolve("history.jsonl"), "{\"coup", StandardOpenOption.APPEND);
        try (var restarted = client.restart()) {
            restarted.ok("\"après\"");
            assertEquals(List.of("\"avant\"", "\"après\""), lastCells(restarted));
            restarted.ok("\"ensuite\"");
            assertEquals(3, lastCells(restarted).size());
        }
        try (var third = KernelClient.start(folder)) {
            assertEquals(List.of("\"avant\"", "\"après\"", "\"ensuite\""), lastCells(third));
        }
    }

    private static List<String> lastCells(KernelClient client) throws Exception {
        var history = client.ask("history_request", "hist_access_type", "tail", "n", 10).getAsJsonArray("history");
        return history.asList().stream().map(entry -> entry.getAsJsonArray().get(2).getAsString()).toList();
    }

    @ParameterizedTest(name = "le noyau finit quand le processus qui l''a lancé disparaît, sans rien laisser : {0}")
    @CsvSource(delimiter = '|', textBlock = """
            au repos                    | 1 + 1
            pendant une cellule sans fin | { System.out.println("parti"); while (true) { } }
            pool commun bloqué | for (int i = 0; i < 64; i++) CompletableFuture.runAsync(() -> new Semaphore(0).acquireUninterruptibly());
            """)
    void endsWithItsParent(String name, String code) throws Exception {
        Process parent = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-m", "jdk.httpserver", "-p", "0", "-b",
                "127.0.0.1")
                .redirectErrorStream(true).redirectOutput(folder.resolve("parent.log").toFile()).start();
        try (var client = KernelClient.start(folder, Map.of("JPY_PARENT_PID", String.valueOf(parent.pid())))) {
            var cell = client.execute(code);
            if (code.contains("parti")) cell.awaitStart();
            else cell.done();
            assertTrue(client.kernel().process().isAlive());
            parent.destroyForcibly().waitFor();
            client.kernel().exitCode();
            assertEquals(List.of(), client.kernel().temporaryFiles());
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    @DisplayName("un noyau au repos n'écrit rien dans le terminal de Jupyter")
    void quietTerminal() throws Exception {
        try (var client = KernelClient.start(folder)) {
            client.ok("System.out.println(\"bonjour\");");
            client.fails("nope");
            client.shutdown(false);
            client.kernel().exitCode();
            assertEquals("", client.kernel().log());
        }
    }

    // --- Fichier de connexion ---

    /** Lance le noyau sur ce fichier : il doit refuser en une phrase, code 1. */
    private String refusal(Path connection) throws Exception {
        try (var kernel = new KernelProcess(connection, folder, Map.of(), UnaryOperator.identity())) {
            int code = kernel.exitCode();
            String said = kernel.log();
            assertEquals(1, code, said);
            assertEquals(1, said.strip().lines().count(), said);
            assertFalse(said.contains("Exception"), said);
            assertTrue(said.contains(connection.getFileName().toString()), said);
            assertTrue(said.strip().endsWith("."), said);
            return said;
        }
    }

    private Path connection(String content) throws Exception {
        return Files.writeString(folder.resolve("connexion.json"), content);
    }

    private Path connectionWith(String field, JsonElement value) throws Exception {
        var json = KernelProcess.newConnection();
        if (value == null) json.remove(field);
        else json.add(field, value);
        return connection(json.toString());
    }

    @Test
    @DisplayName("fichier de connexion absent : une phrase, code 1")
    void missingFile() throws Exception {
        String said = refusal(folder.resolve("absent.json"));
        assertTrue(said.matches("(?s).*(introuvable|existe pas).*"), said);
    }

    @ParameterizedTest(name = "fichier de connexion qui n''en est pas un : une phrase, code 1 : {0}")
    @ValueSource(strings = {"", "ceci n'est pas du JSON", "[1, 2]", "{"})
    void notJson(String content) throws Exception {
        assertSaysWhatItIsNot(refusal(connection(content)));
    }

    @Test
    @DisplayName("fichier de connexion qui n'est pas de l'UTF-8 : une phrase, code 1")
    void notUtf8() throws Exception {
        assertSaysWhatItIsNot(refusal(Files.write(folder.resolve("connexion.json"), new byte[] {'{', '"', (byte) 0xFF, '"', '}'})));
    }

    private static void assertSaysWhatItIsNot(String said) {
        assertTrue(said.matches("(?s).*n.est pas un fichier de connexion.*"), said);
    }

    @ParameterizedTest(name = "sans « {0} » : une phrase qui le nomme, code 1")
    @ValueSource(strings = {"key", "ip", "hb_port", "signature_scheme"})
    void missingField(String field) throws Exception {
        String said = refusal(connectionWith(field, null));
        assertTrue(said.contains(field), said);
    }

    @Test
    @DisplayName("clé vide : une phrase, code 1 (le noyau obéirait à n'importe qui)")
    void emptyKey() throws Exception {
        String said = refusal(connectionWith("key", Json.element("")));
        assertTrue(said.contains("key"), said);
    }

    @ParameterizedTest(name = "port impossible : une phrase, code 1 : {0}")
    @ValueSource(strings = {"70000", "douze"})
    void badPort(String port) throws Exception {
        refusal(connectionWith("shell_port", Json.element(port)));
    }

    @Test
    @DisplayName("port nul : une phrase, code 1")
    void nullPort() throws Exception {
        refusal(connectionWith("shell_port", JsonNull.INSTANCE));
    }

    @Test
    @DisplayName("port déjà pris par un autre programme : une phrase, code 1")
    void takenPort() throws Exception {
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String said = refusal(connectionWith("shell_port", Json.element(other.getLocalPort())));
            assertTrue(said.contains("port"), said);
        }
    }

    @ParameterizedTest(name = "une adresse qui ouvrirait le noyau au réseau est refusée : {0}")
    @ValueSource(strings = {"0.0.0.0", "*", "192.0.2.1"})
    void loopbackOnly(String address) throws Exception {
        String said = refusal(connectionWith("ip", Json.element(address)));
        assertTrue(said.contains(address) && said.contains("réseau"), said);
    }

    @ParameterizedTest(name = "un transport que JeroMQ ne tient pas comme libzmq : une phrase, code 1 : {0}")
    @ValueSource(strings = {"ipc", "inproc"})
    void onlyTcp(String transport) throws Exception {
        String said = refusal(connectionWith("transport", Json.element(transport)));
        assertTrue(said.contains(transport) && said.contains("tcp"), said);
    }

    @ParameterizedTest(name = "clé de CurveZMQ incorrecte : une phrase, code 1 : {0}")
    @ValueSource(strings = {"", "trop courte", "quarante caractères, mais pas de Z85 «»", "null"})
    void badCurveKey(String key) throws Exception {
        var json = KernelProcess.newEncryptedConnection();
        json.add("curve_secretkey", key.equals("null") ? JsonNull.INSTANCE : Json.element(key));
        String said = refusal(connection(json.toString()));
        assertTrue(said.contains("curve_secretkey"), said);
    }

    @Test
    @DisplayName("signature inconnue : une phrase, code 1")
    void unknownSignature() throws Exception {
        refusal(connectionWith("signature_scheme", Json.element("hmac-md5")));
    }
}
