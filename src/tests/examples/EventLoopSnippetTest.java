package examples;

import static org.junit.jupiter.api.Assertions.*;

import asynchelpers.EchoClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** event-loop-echo : un seul thread, et pourtant tous les clients sont servis. */
@DisplayName("Extrait event-loop-echo")
@Timeout(300)
class EventLoopSnippetTest {

    private static final Pattern LISTENING = Pattern.compile("serveur d'écho sur 127\\.0\\.0\\.1:(\\d+), un seul thread");

    private SnippetServer server;

    @BeforeEach
    @Timeout(300)
    void startServer() throws Exception {
        server = SnippetServer.start(LISTENING, "event-loop-echo", "0");
    }

    @AfterEach
    void stopServer() {
        server.process().destroyForcibly();
    }

    private byte[] echo(byte[] message) throws IOException, InterruptedException {
        try (var client = EchoClient.connect(server.port())) {
            return client.echo(message);
        }
    }

    @Test
    @DisplayName("deux cents clients à la fois, un long message, un message vide : tout revient")
    void everybodyIsServed() throws Exception {
        assertEquals(0, echo(new byte[0]).length);
        assertEquals(3_000_000, echo(new byte[3_000_000]).length);
        var clients = IntStream.range(0, 200).<Callable<String>>mapToObj(i -> () -> new String(echo(("client " + i).getBytes()))).toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var i = 0;
            for (var reply : threads.invokeAll(clients)) assertEquals("client " + i++, reply.get());
        }
    }

    @Test
    @DisplayName("un client perdu est dit, et les autres sont servis ; Ctrl-C rend le port et sort avec le code 130")
    void vanishedClientThenCtrlC() throws Exception {
        try (var vanishing = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            vanishing.getOutputStream().write('?');
            vanishing.setSoLinger(true, 0);      // la fermeture coupe la connexion
        }
        assertEquals("Hey", new String(echo("Hey".getBytes())));
        new ProcessBuilder("kill", "-INT", String.valueOf(server.process().pid())).start().waitFor();
        assertEquals(130, server.process().waitFor());
        var said = server.output().readAllAsString();
        assertTrue(said.contains("client perdu"), said);
        assertTrue(said.contains("Serveur arrêté"), said);
        new ServerSocket(server.port(), 1, InetAddress.getLoopbackAddress()).close();
    }

    @Test
    @DisplayName("sur un port pris, ou avec un argument qui ne convient pas : une phrase, et le code de l'erreur")
    void errors() throws Exception {
        var taken = SnippetRun.of("event-loop-echo", String.valueOf(server.port()));
        assertEquals(1, taken.code());
        assertTrue(taken.err().startsWith("Le port " + server.port() + " est déjà occupé"), taken.err());
        var bad = SnippetRun.of("event-loop-echo", "70000");
        assertEquals(2, bad.code());
        assertEquals(1, bad.err().lines().count(), bad.err());
        var help = SnippetRun.of("event-loop-echo", "--help");
        assertEquals(0, help.code());
        assertTrue(help.out().startsWith("Usage\u00a0: ./jbangw event-loop-echo"), help.out());
    }
}
