package examples;

import static org.junit.jupiter.api.Assertions.*;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** echo-server et echo-client, dans deux programmes séparés. */
@DisplayName("Extraits d'écho")
@Timeout(300)
class EchoSnippetTest {

    private static final Pattern LISTENING = Pattern.compile("serveur d'écho sur 127\\.0\\.0\\.1:(\\d+)");

    private SnippetServer server;

    @BeforeAll
    @Timeout(600)
    static void compile() throws Exception {
        SnippetRun.compileAll();
    }

    @BeforeEach
    void startServer() throws Exception {
        server = SnippetServer.start(LISTENING, "echo-server", "0");
    }

    @AfterEach
    void stopServer() {
        server.process().destroyForcibly();
    }

    @Test
    @DisplayName("un client reçoit son message, accents compris")
    void oneClient() throws Exception {
        var run = SnippetRun.of("echo-client", String.valueOf(server.port()), "Bonjour à tous");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().endsWith(" client#000 reçoit Bonjour à tous\n"), run.out());
        assertEquals("", run.err());
    }

    @Test
    @DisplayName("un message vide convient")
    void emptyMessage() throws Exception {
        var run = SnippetRun.of("echo-client", String.valueOf(server.port()), "");
        assertEquals(0, run.code(), run.err());
    }

    @Test
    @DisplayName("trente clients sont tous servis")
    void thirtyClients() throws Exception {
        var run = SnippetRun.of("echo-client", String.valueOf(server.port()), "Hey", "30");
        assertEquals(0, run.code(), run.err());
        assertEquals(30, run.lines().stream().filter(line -> line.contains("envoie Hey")).count());
        assertEquals(30, run.lines().stream().filter(line -> line.contains("reçoit Hey")).count());
    }

    @Test
    @DisplayName("echo-server sur un port pris : une phrase, code 1")
    void takenPort() throws Exception {
        var run = SnippetRun.of("echo-server", String.valueOf(server.port()));
        assertEquals(1, run.code());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().startsWith("Le port " + server.port() + " est déjà occupé"), run.err());
    }

    @Test
    @DisplayName("echo-client sans serveur : une phrase, code 1, même avec plusieurs clients")
    void noServer() throws Exception {
        var run = SnippetRun.of("echo-client", String.valueOf(SnippetRun.freePort()), "Hey", "5");
        assertEquals(1, run.code());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().startsWith("Personne ne répond sur le port"), run.err());
    }

    @Test
    @DisplayName("sans port : le premier libre à partir de 8080, et le client va au serveur que son utilisateur vient de lancer, ou le dit")
    void ownServer(@TempDir Path cache) throws Exception {
        var first = SnippetServer.start(LISTENING, SnippetRun.builder(cache, "echo-server"));
        var second = SnippetServer.start(LISTENING, SnippetRun.builder(cache, "echo-server"));
        try {
            assertTrue(first.port() >= 8080 && second.port() > first.port(), first.port() + " puis " + second.port());
            assertEquals(0, SnippetRun.of(SnippetRun.builder(cache, "echo-client")).code());
            assertTrue(second.output().readLine().contains("connexion ouverte"));
            second.process().destroyForcibly().waitFor();
            var orphan = SnippetRun.of(SnippetRun.builder(cache, "echo-client", "0", "Bonjour"));
            assertEquals(1, orphan.code(), orphan.out());
            assertTrue(orphan.err().startsWith("Aucun serveur d'écho à vous ne tourne"), orphan.err());
        } finally {
            first.process().destroyForcibly();
            second.process().destroyForcibly();
        }
    }

    @Test
    @DisplayName("Ctrl-C arrête le serveur : il le dit, rend le port, et sort avec le code 130")
    void ctrlC() throws Exception {
        new ProcessBuilder("kill", "-INT", String.valueOf(server.process().pid())).start().waitFor();
        assertEquals(130, server.process().waitFor());
        assertTrue(server.output().readAllAsString().contains("Serveur arrêté"));
        new ServerSocket(server.port(), 1, InetAddress.getLoopbackAddress()).close();
    }
}
