package kernel.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import kernel.Exchange;
import kernel.SharedKernel;
import kernel.protocol.Channels.Channel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** Les demandes du protocole Jupyter, bonnes ou mauvaises. */
@DisplayName("Protocole")
class ProtocolTest extends SharedKernel {

    // --- Présentation, battements, états ---

    @Test
    @DisplayName("kernel_info dit le langage, la version et l'état « ok »")
    void kernelInfo() throws Exception {
        var info = kernel.ask("kernel_info_request");
        assertEquals("ok", info.get("status").getAsString());
        assertTrue(info.get("protocol_version").getAsString().matches("5\\.\\d+"));
        var language = info.getAsJsonObject("language_info");
        assertEquals("java", language.get("name").getAsString());
        assertEquals(".java", language.get("file_extension").getAsString());
        assertTrue(language.get("version").getAsString().startsWith("2"), language.toString());
        assertFalse(info.get("banner").getAsString().isBlank());
    }

    @Test
    @DisplayName("le menu d'aide mène à jbang et à la documentation de ce Java ; au cours, seulement si son adresse est connue")
    void helpLinks() throws Exception {
        var links = kernel.ask("kernel_info_request").getAsJsonArray("help_links").asList().stream()
                .map(link -> link.getAsJsonObject().get("url").getAsString()).toList();
        assertEquals(List.of("https://www.jbang.dev/documentation/",
                "https://docs.oracle.com/en/java/javase/" + Runtime.version().feature() + "/docs/api/"), links);
    }

    @Test
    @DisplayName("le canal des battements renvoie ce qu'il reçoit")
    void heartbeat() throws Exception {
        kernel.sendFrames(Channel.HEARTBEAT, List.of(new byte[0], "toujours là ?".getBytes(UTF_8)));
        kernel.unrelated().await("le battement",
                e -> e.messages("heartbeat").stream().anyMatch(m -> m.content().get("echo").getAsString().equals("toujours là ?")));
    }

    @Test
    @DisplayName("chaque demande commence par « busy » et finit par « idle »")
    void busyThenIdle() throws Exception {
        for (var exchange : List.of(kernel.ok("System.out.println(1);\n2"),
                kernel.request("kernel_info_request", new JsonObject()).done())) {
            var states = exchange.messages("status").stream().map(m -> m.content().get("execution_state").getAsString()).toList();
            assertEquals(List.of("busy", "idle"), states);
            assertEquals("status", exchange.types().getFirst());
            assertEquals("status", exchange.types().getLast());
        }
    }

    @Test
    @DisplayName("execute_input redit le code et le numéro de la cellule")
    void executeInput() throws Exception {
        var cell = kernel.ok("1 + 2");
        var input = cell.messages("execute_input").getFirst().content();
        assertEquals("1 + 2", input.get("code").getAsString());
        assertEquals(cell.number(), input.get("execution_count").getAsInt());
    }

    @Test
    @DisplayName("chaque message porte l'en-tête complet de la demande")
    void parentHeader() throws Exception {
        var cell = kernel.ok("System.out.println(1);\n2");
        for (String type : List.of("status", "execute_input", "stream", "execute_result"))
            for (var message : cell.messages(type)) assertEquals(cell.request().header(), message.parent());
    }

    @Test
    @DisplayName("pendant qu'une cellule tourne, le canal de contrôle répond")
    void controlWhileRunning() throws Exception {
        var cell = kernel.execute("{ System.out.println(\"parti\"); Thread.sleep(Long.MAX_VALUE); }");
        cell.awaitStart();
        kernel.request(Channel.CONTROL, "kernel_info_request", new JsonObject()).done();
        assertNull(cell.reply(), "la cellule devrait encore tourner");
        kernel.interrupt();
        cell.done();
    }

    // --- Messages incorrects : refusés, et le suivant est servi ---

    private static List<byte[]> goodFrames(String code) throws Exception {
        var request = Message.publish("execute_request", new JsonObject(), Json.object("code", code, "silent", false));
        var bare = new Message(List.of(), request.header(), request.parent(), request.metadata(), request.content());
        return new ArrayList<>(new Wire("une autre clé").encode(bare));
    }

    private static void assertRefused(Channel channel, List<byte[]> frames) throws Exception {
        kernel.sendFrames(channel, frames);
        kernel.request(channel, "kernel_info_request", new JsonObject()).done();
        assertEquals("0", kernel.value("hacked"));
    }

    @ParameterizedTest(name = "mal signé : {0}")
    @EnumSource(value = Channel.class, names = {"SHELL", "CONTROL"})
    void badSignature(Channel channel) throws Exception {
        kernel.ok("int hacked = 0;");
        assertRefused(channel, goodFrames("hacked = 1;"));
    }

    @Test
    @DisplayName("sans signature")
    void emptySignature() throws Exception {
        kernel.ok("int hacked = 0;");
        var frames = goodFrames("hacked = 1;");
        frames.set(1, new byte[0]);
        assertRefused(Channel.SHELL, frames);
    }

    @ParameterizedTest(name = "tronqué à {0} trames")
    @ValueSource(ints = {1, 2, 3, 5})
    void truncated(int count) throws Exception {
        kernel.ok("int hacked = 0;");
        assertRefused(Channel.SHELL, goodFrames("hacked = 1;").subList(0, count));
    }

    @Test
    @DisplayName("sans délimiteur")
    void withoutDelimiter() throws Exception {
        kernel.ok("int hacked = 0;");
        assertRefused(Channel.SHELL, Collections.nCopies(7, "bruit".getBytes(UTF_8)));
    }

    @ParameterizedTest(name = "bien signé, mais ce n''est pas un objet JSON : {0}")
    @ValueSource(
            strings = {"{pas du json", "[]", "12", "null", "", "{}", "{\"msg_type\": 3}", "{\"msg_type\": null}", "{\"msg_type\": {}}"})
    void badJson(String header) throws Exception {
        kernel.ok("int hacked = 0;");
        kernel.sendSigned(Channel.SHELL,
                List.of(header.getBytes(UTF_8), "{}".getBytes(), "{}".getBytes(), "{\"code\": \"hacked = 1;\"}".getBytes()));
        kernel.ask("kernel_info_request");
        assertEquals("0", kernel.value("hacked"));
    }

    @Test
    @DisplayName("des octets qui ne sont pas de l'UTF-8")
    void badUtf8() throws Exception {
        byte[] noise = {'{', '"', (byte) 0xFF, (byte) 0xC0, '"', ':', '1', '}'};
        kernel.sendSigned(Channel.SHELL, List.of(noise, noise, noise, noise));
        assertEquals("2", kernel.value("1 + 1"));
    }

    @Test
    @DisplayName("un type de demande inconnu")
    void unknownType() throws Exception {
        kernel.request("dance_request", new JsonObject());
        kernel.request(Channel.CONTROL, "dance_request", new JsonObject());
        assertEquals("2", kernel.value("1 + 1"));
        renewKernel();                                      // ces deux demandes-là n'auront pas de réponse
    }

    @Test
    @DisplayName("une cellule de 50 Mo est refusée, une ligne du journal le dit, la suivante s'exécute")
    void hugeCell() throws Exception {
        var cell = kernel.execute("// " + "x".repeat(50_000_000)).done();
        assertEquals("Cellule trop longue", cell.error().get("ename").getAsString());
        assertTrue(kernel.kernel().log().contains("execute_request : plus de"), kernel.kernel().log());
        kernel.request("is_complete_request", Json.object("code", "x".repeat(50_000_000))).done();
        assertEquals("2", kernel.value("1 + 1"));
    }

    @ParameterizedTest(name = "une demande connue au contenu faux a quand même une réponse : {0}")
    @ValueSource(strings = {"execute_request", "complete_request", "inspect_request", "is_complete_request", "history_request"})
    void wrongContent(String type) throws Exception {
        kernel.request(type, Json.object("code", new JsonObject(), "cursor_pos", "trois", "n", "deux", "silent", List.of(1))).done();
        assertEquals("2", kernel.value("1 + 1"));
    }

    @ParameterizedTest(name = "une demande connue au contenu vide a une réponse : {0}")
    @ValueSource(strings = {"execute_request", "complete_request", "inspect_request", "is_complete_request", "history_request",
        "comm_info_request"})
    void emptyContent(String type) throws Exception {
        assertNotNull(kernel.ask(type).get("status"));
    }

    // --- Options d'exécution ---

    @Test
    @DisplayName("silent : ni numéro, ni résultat, ni historique")
    void silent() throws Exception {
        int before = kernel.ok("1").number();
        var cell = kernel.execute("int quiet = 4;\nquiet", Json.object("silent", true)).done();
        assertEquals("ok", cell.status());
        assertEquals(List.of(), cell.messages("execute_result"));
        assertEquals(List.of(), cell.messages("execute_input"));
        assertFalse(history("hist_access_type", "tail", "n", 1).toString().contains("quiet"));
        assertEquals(before + 1, kernel.ok("quiet").number());
    }

    @Test
    @DisplayName("store_history faux : la cellule s'exécute sans prendre de numéro ni entrer dans l'historique")
    void withoutHistory() throws Exception {
        int before = kernel.ok("1").number();
        assertEquals("result:5", kernel.execute("2 + 3", Json.object("store_history", false)).done().story().getFirst());
        assertFalse(history("hist_access_type", "tail", "n", 1).toString().contains("2 + 3"));
        assertEquals(before + 1, kernel.ok("1").number());
    }

    @Test
    @DisplayName("après une erreur, les cellules déjà en attente sont abandonnées, les suivantes s'exécutent")
    void stopOnError(@TempDir Path folder) throws Exception {
        var first = kernel.execute(failsOnce(folder));
        var second = kernel.execute("System.out.println(\"deux\");");
        var third = kernel.execute("System.out.println(\"trois\");");
        Files.createFile(folder.resolve("envoyées"));
        assertEquals("error", first.done().status());
        assertEquals("aborted", second.done().status());
        assertEquals("aborted", third.done().status());
        assertEquals("", second.stdout() + third.stdout());
        assertEquals("4\n", kernel.ok("System.out.println(4);").stdout());
    }

    /** Une cellule qui échoue quand les suivantes sont parties, et sont arrivées. */
    private static String failsOnce(Path folder) {
        return """
                while (!Files.exists(Path.of(URI.create("%s")).resolve("envoyées"))) Thread.sleep(5);
                Thread.sleep(300);
                throw new IllegalStateException();""".formatted(folder.toUri());
    }

    @Test
    @DisplayName("stop_on_error faux : les cellules en attente s'exécutent")
    void continueOnError(@TempDir Path folder) throws Exception {
        var first = kernel.execute(failsOnce(folder), Json.object("stop_on_error", false));
        var second = kernel.execute("System.out.println(\"deux\");");
        Files.createFile(folder.resolve("envoyées"));
        assertEquals("error", first.done().status());
        assertEquals("ok", second.done().status());
        assertEquals("deux\n", second.stdout());
    }

    @Test
    @DisplayName("cinquante cellules envoyées d'un coup s'exécutent dans l'ordre")
    void fiftyCellsAtOnce() throws Exception {
        kernel.ok("var order = new ArrayList<Integer>();");
        var cells = new ArrayList<Exchange>();
        for (int i = 0; i < 50; i++) cells.add(kernel.execute("order.add(" + i + ");"));
        int number = cells.getFirst().done().number();
        for (var cell : cells) assertEquals(number++, cell.done().number());
        assertEquals("true", kernel.value("order.equals(IntStream.range(0, 50).boxed().toList())"));
    }

    @Test
    @DisplayName("user_expressions : chaque expression a sa valeur, ou son erreur")
    void userExpressions() throws Exception {
        var cell =
                kernel.execute("int base = 20;", Json.object("user_expressions", Json.object("twice", "base * 2", "wrong", "nope"))).done();
        assertEquals("ok", cell.status());
        var expressions = cell.reply().getAsJsonObject("user_expressions");
        assertEquals("40", expressions.getAsJsonObject("twice").getAsJsonObject("data").get("text/plain").getAsString());
        assertEquals("error", expressions.getAsJsonObject("wrong").get("status").getAsString());
    }

    // --- Historique ---

    /** Le code des cellules que l'historique rend. */
    private static List<String> history(Object... namesAndValues) throws Exception {
        var reply = kernel.ask("history_request", namesAndValues);
        return reply.getAsJsonArray("history").asList().stream().map(entry -> entry.getAsJsonArray().get(2).getAsString()).toList();
    }

    @Test
    @DisplayName("historique, tail : les n dernières cellules, erreurs comprises")
    void historyTail() throws Exception {
        kernel.ok("\"h1\"");
        kernel.fails("h2");
        kernel.ok("\"h3\"");
        assertEquals(List.of("h2", "\"h3\""), history("hist_access_type", "tail", "n", 2, "output", false, "raw", true));
    }

    @Test
    @DisplayName("historique, range : de start compris à stop exclu, avec leurs numéros")
    void historyRange() throws Exception {
        int start = kernel.ok("\"r1\"").number();
        kernel.ok("\"r2\"");
        kernel.ok("\"r3\"");
        assertEquals(List.of("\"r1\"", "\"r2\""), history("hist_access_type", "range", "session", 0, "start", start, "stop", start + 2));
        var reply = kernel.ask("history_request", "hist_access_type", "range", "session", 0, "start", start, "stop", start + 1);
        assertEquals(start, reply.getAsJsonArray("history").get(0).getAsJsonArray().get(1).getAsInt());
    }

    @Test
    @DisplayName("historique, search : un motif avec * et ?, et chaque cellule une fois avec unique")
    void historySearch() throws Exception {
        kernel.ok("\"needle one\"");
        kernel.ok("\"needle two\"");
        kernel.ok("\"needle one\"");
        assertEquals(List.of("\"needle one\"", "\"needle two\"", "\"needle one\""),
                history("hist_access_type", "search", "pattern", "\"needle*"));
        assertEquals(List.of("\"needle two\"", "\"needle one\""),
                history("hist_access_type", "search", "pattern", "\"needle*", "unique", true));
        assertEquals(List.of("\"needle two\""), history("hist_access_type", "search", "pattern", "*needle t?o*"));
        assertEquals(List.of("\"needle one\""), history("hist_access_type", "search", "pattern", "*needle*", "n", 1));
    }

    // --- Autres clients ---

    /** Un abonné qui a reçu son mot de bienvenue. Il réessaie : côté client, JeroMQ manque une connexion sur 300. */
    private static ZMQ.Socket subscribe(ZContext context) {
        for (int attempt = 0; attempt < 5; attempt++) {
            var socket = context.createSocket(SocketType.SUB);
            socket.setRcvHWM(1);
            socket.subscribe(ZMQ.SUBSCRIPTION_ALL);
            socket.setReceiveTimeOut(4000);
            socket.connect(kernel.connection().address(kernel.connection().iopub()));
            if (socket.recv() != null) return socket;
            socket.close();
        }
        throw new AssertionError("pas de mot de bienvenue en cinq essais");
    }

    @Test
    @DisplayName("un client qui s'abonne et ne lit jamais n'empêche pas les autres d'être servis")
    void clientThatNeverReads() throws Exception {
        try (var context = new ZContext()) {
            subscribe(context);
            var cell = kernel.ok("for (int i = 0; i < 8000; i++) display(\"x\".repeat(2000));");
            assertEquals(8000, cell.messages("display_data").size());
        }
    }

    // --- Comms ---

    @Test
    @DisplayName("comm_info : une liste, vide tant que rien n'est ouvert")
    void commInfo() throws Exception {
        var reply = kernel.ask("comm_info_request");
        assertEquals("ok", reply.get("status").getAsString());
        assertEquals(new JsonObject(), reply.getAsJsonObject("comms"));
    }

    @Test
    @DisplayName("un comm que personne n'attend est refermé")
    void unknownComm() throws Exception {
        var open = Message.publish("comm_open", new JsonObject(),
                Json.object("comm_id", "c1", "target_name", "nobody", "data", new JsonObject()));
        kernel.send(Channel.SHELL, open);
        kernel.unrelated().await("comm_close",
                e -> e.messages("comm_close").stream().anyMatch(m -> m.content().get("comm_id").getAsString().equals("c1")));
        assertEquals("2", kernel.value("1 + 1"));
    }
}
