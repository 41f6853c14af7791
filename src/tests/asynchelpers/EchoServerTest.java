package asynchelpers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Le serveur, vu par des sockets ordinaires. */
@DisplayName("EchoServer")
@Timeout(30)
class EchoServerTest {

    private static Socket connect(EchoServer server) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.port());
    }

    /** Envoie un octet et attend son retour : la connexion est alors servie. */
    private static void ping(Socket socket) throws IOException {
        socket.getOutputStream().write('x');
        assertEquals('x', socket.getInputStream().read());
    }

    @Test
    @DisplayName("répond sans attendre la fin du message")
    void answersAsItGoes() throws Exception {
        try (var server = EchoServer.start(0); var socket = connect(server)) {
            ping(socket);
            ping(socket);
        }
    }

    @Test
    @DisplayName("après un envoi fermé (half-close), renvoie tout puis ferme")
    void halfClosedConnectionLosesNothing() throws Exception {
        try (var server = EchoServer.start(0); var socket = connect(server)) {
            socket.getOutputStream().write("été".getBytes(UTF_8));
            socket.shutdownOutput();
            assertEquals("été", new String(socket.getInputStream().readAllBytes(), UTF_8));
        }
    }

    @Test
    @DisplayName("un client qui ne lit pas ne gêne pas les autres, et ne perd rien")
    void slowReaderLosesNothing() throws Exception {
        var message = new byte[20 << 20];  // plus que les tampons du système ne peuvent garder
        new Random(1).nextBytes(message);
        try (var server = EchoServer.start(0); var slow = connect(server); var other = connect(server)) {
            var sending = new FutureTask<Void>(() -> {
                slow.getOutputStream().write(message);
                slow.shutdownOutput();
                return null;
            });
            Thread.ofVirtual().start(sending);
            Wait.until(() -> slow.getInputStream().available() > 0);
            ping(other);
            assertFalse(sending.isDone(), "sans lecteur, l'envoi ne peut pas finir");
            assertArrayEquals(message, slow.getInputStream().readAllBytes());
            sending.get();
        }
    }

    @Test
    @DisplayName("une connexion coupée net (RST) n'arrête pas le serveur")
    void resetConnectionDoesNotStopTheServer() throws Exception {
        var log = new LinkedBlockingQueue<String>();
        try (var server = EchoServer.start(0, 0, log::add)) {
            var socket = connect(server);
            ping(socket);
            socket.setSoLinger(true, 0);  // fermer envoie alors RST
            socket.close();
            while (!log.take().contains("rompue")) {}
            try (var next = connect(server)) {
                ping(next);
            }
        }
    }

    @Test
    @DisplayName("deux cents clients sont servis en même temps")
    void manyClientsAtOnce() throws Exception {
        var allServed = new CyclicBarrier(200);  // ne s'ouvre que si les deux cents ont reçu leur réponse
        try (var server = EchoServer.start(0); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Void> client = () -> {
                try (var socket = connect(server)) {
                    ping(socket);
                    allServed.await();
                    ping(socket);
                }
                return null;
            };
            for (var result : threads.invokeAll(Collections.nCopies(200, client))) result.get();
        }
    }

    @Test
    @DisplayName("attend le délai demandé avant de répondre")
    void waitsForTheDelay() throws Exception {
        try (var server = EchoServer.start(0, 0.2); var socket = connect(server)) {
            var start = System.nanoTime();
            ping(socket);
            assertTrue(System.nanoTime() - start >= 200_000_000);
        }
    }

    @Test
    @DisplayName("le délai ne vaut que pour les premiers octets d'une connexion")
    void delaysOnlyOnce() throws Exception {
        var message = new byte[10 << 20];  // des centaines de blocs : autant de délais dépasseraient celui du test
        try (var server = EchoServer.start(0, 0.2); var client = EchoClient.connect(server.port())) {
            assertEquals(message.length, client.echo(message).length);
        }
    }

    @Test
    @DisplayName("le journal dit le client, l'ouverture et le nombre d'octets renvoyés")
    void logsEachConnection() throws Exception {
        var log = new LinkedBlockingQueue<String>();
        try (var server = EchoServer.start(0, 0, log::add); var client = EchoClient.connect(server.port())) {
            client.echo("Hey");
            assertTrue(log.take().matches("127\\.0\\.0\\.1:\\d+.: connexion ouverte"));
            assertTrue(log.take().matches("127\\.0\\.0\\.1:\\d+.: 3 octets renvoyés"));
        }
    }

    @Test
    @DisplayName("un port déjà pris : une phrase qui le nomme et dit quoi faire")
    void takenPort() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var port = taken.getLocalPort();
            var error = assertThrows(BindException.class, () -> EchoServer.start(port));
            assertTrue(error.getMessage().matches("Le port " + port + " est déjà occupé.*choisissez un autre port.*"),
                    error.getMessage());
        }
    }

    @ParameterizedTest(name = "le port {0} est refusé")
    @ValueSource(ints = {-1, 65536})
    void impossiblePort(int port) {
        var error = assertThrows(IllegalArgumentException.class, () -> EchoServer.start(port));
        assertTrue(error.getMessage().contains(String.valueOf(port)), error.getMessage());
    }

    @Test
    @DisplayName("un délai négatif est refusé, et le port reste libre")
    void negativeDelay() throws Exception {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        assertThrows(IllegalArgumentException.class, () -> EchoServer.start(port, -1));
        EchoServer.start(port).close();
    }

    @Test
    @DisplayName("n'est joignable que par cette machine")
    void listensOnLoopbackOnly() throws Exception {
        try (var server = EchoServer.start(0); var socket = connect(server)) {
            assertTrue(socket.getInetAddress().isLoopbackAddress());
            // une autre adresse de la machine n'est pas occupée : le serveur n'écoute donc pas partout
            new ServerSocket(server.port(), 1, InetAddress.getByName("127.0.0.2")).close();
        }
    }

    @Test
    @DisplayName("l'arrêt libère le port aussitôt, même avec des connexions ouvertes")
    void closeFreesThePort() throws Exception {
        var server = EchoServer.start(0);
        try (var socket = connect(server)) {
            ping(socket);
            server.close();
            EchoServer.start(server.port()).close();
        }
    }

    @Test
    @DisplayName("l'arrêt ferme les connexions")
    void closeClosesConnections() throws Exception {
        var server = EchoServer.start(0);
        try (var socket = connect(server)) {
            ping(socket);
            server.close();
            assertTrue(isClosedByPeer(socket));
        }
    }

    private static boolean isClosedByPeer(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    @Test
    @DisplayName("l'arrêt n'attend pas la fin du délai, et met fin à tous les threads")
    void closeEndsThreads() throws Exception {
        var log = new LinkedBlockingQueue<String>();
        var server = EchoServer.start(0, 3600, log::add);
        try (var socket = connect(server)) {
            socket.getOutputStream().write('x');
            log.take();
            server.close();
            server.awaitClose();  // ne revient que lorsque tous les threads du serveur ont fini
            assertTrue(log.take().contains("fermée par l'arrêt du serveur"));
        }
    }

    @Test
    @DisplayName("arrêter deux fois est sans effet")
    void closingTwice() throws Exception {
        var server = EchoServer.start(0);
        server.close();
        server.close();
    }

    @Test
    @DisplayName("un thread interrompu arrête le serveur quand même, et reste interrompu")
    void closeWhileInterrupted() throws Exception {
        var server = EchoServer.start(0);
        Thread.currentThread().interrupt();
        server.close();
        assertTrue(Thread.interrupted());
        server.awaitClose();
    }

    @Test
    @DisplayName("awaitClose attend l'arrêt")
    void awaitCloseWaits() throws Exception {
        var server = EchoServer.start(0);
        var thread = Thread.ofVirtual().start(new FutureTask<Void>(() -> {
            server.awaitClose();
            return null;
        }));
        Wait.until(() -> thread.getState() == Thread.State.TIMED_WAITING || !thread.isAlive());
        assertTrue(thread.isAlive());
        server.close();
        thread.join();
    }

    @Test
    @DisplayName("une interruption met fin à awaitClose, et le serveur continue")
    void interruptedAwaitClose() throws Exception {
        try (var server = EchoServer.start(0)) {
            var waiting = new FutureTask<>(() -> assertThrows(InterruptedException.class, server::awaitClose));
            Thread.ofPlatform().start(waiting).interrupt();
            waiting.get();
            try (var socket = connect(server)) {
                ping(socket);
            }
        }
    }
}
