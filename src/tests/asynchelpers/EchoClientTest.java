package asynchelpers;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("EchoClient")
@Timeout(30)
class EchoClientTest {

    @ParameterizedTest(name = "reçoit ce qu''il envoie : « {0} »")
    @ValueSource(strings = {"Hey", "", "été, 日本, 🙂", "deux\nlignes"})
    void receivesWhatItSends(String message) throws Exception {
        try (var server = EchoServer.start(0); var client = EchoClient.connect(server.port())) {
            assertEquals(message, client.echo(message));
        }
    }

    @Test
    @DisplayName("un message de 20 Mo revient entier")
    void longMessage() throws Exception {
        var message = new byte[20_000_000];
        new Random(1).nextBytes(message);
        try (var server = EchoServer.start(0); var client = EchoClient.connect(server.port())) {
            assertArrayEquals(message, client.echo(message));
        }
    }

    @Test
    @DisplayName("personne n'écoute : une phrase qui nomme le port et dit quoi faire")
    void refused() throws Exception {
        var port = freePort();
        var error = assertThrows(ConnectException.class, () -> EchoClient.connect(port));
        assertTrue(error.getMessage().matches("Personne ne répond sur le port " + port + ".*démarrez d'abord le serveur.*"),
                error.getMessage());
    }

    @ParameterizedTest(name = "le port {0} est refusé")
    @ValueSource(ints = {-1, 0, 65536})
    void impossiblePort(int port) {
        var error = assertThrows(IllegalArgumentException.class, () -> EchoClient.connect(port));
        assertTrue(error.getMessage().contains(String.valueOf(port)), error.getMessage());
    }

    @Test
    @DisplayName("un serveur qui ferme trop tôt : la réponse incomplète est une erreur")
    void peerClosesTooEarly() throws Exception {
        try (var listener = listen(50)) {
            var serving = serveOne(listener, socket -> {
                socket.getInputStream().readAllBytes();
                socket.getOutputStream().write(new byte[3]);
            });
            try (var client = EchoClient.connect(listener.getLocalPort())) {
                var error = assertThrows(EOFException.class, () -> client.echo("0123456789"));
                assertTrue(error.getMessage().contains("3 octets reçus sur 10"), error.getMessage());
            }
            serving.get();
        }
    }

    @Test
    @DisplayName("un serveur qui coupe net (RST) : une phrase qui dit qu'il a disparu")
    void peerVanishes() throws Exception {
        try (var listener = listen(50)) {
            var serving = serveOne(listener, socket -> {
                socket.getInputStream().read();
                socket.setSoLinger(true, 0);  // fermer envoie alors RST
            });
            try (var client = EchoClient.connect(listener.getLocalPort())) {
                var error = assertThrows(SocketException.class, () -> client.echo("Hey"));
                assertTrue(error.getMessage().contains("disparu en cours d'échange"), error.getMessage());
            }
            serving.get();
        }
    }

    @Test
    @DisplayName("un serveur d'écho arrêté en plein échange met fin à l'attente du client par une erreur")
    void serverStopsMidway() throws Exception {
        var server = EchoServer.start(0, 3600);
        try (var client = EchoClient.connect(server.port())) {
            var echo = new FutureTask<>(() -> assertThrows(IOException.class, () -> client.echo("Hey")));
            Wait.untilBlocked(Thread.ofVirtual().start(echo));
            server.close();
            assertTrue(echo.get().getMessage().startsWith("Le serveur a"), echo.get().getMessage());
        }
    }

    @Test
    @DisplayName("une connexion ne sert qu'une fois")
    void onlyOnce() throws Exception {
        try (var server = EchoServer.start(0); var client = EchoClient.connect(server.port())) {
            client.echo("un");
            assertThrows(IllegalStateException.class, () -> client.echo("deux"));
        }
    }

    @ParameterizedTest(name = "interrompu en plein échange, cesse aussitôt et ferme sa socket (thread virtuel : {0})")
    @ValueSource(booleans = {true, false})
    void interruptedEcho(boolean virtual) throws Exception {
        try (var listener = listen(50); var client = EchoClient.connect(listener.getLocalPort()); var peer = listener.accept()) {
            var echo = new FutureTask<>(() -> assertThrows(InterruptedException.class, () -> client.echo("Hey")));
            var thread = start(virtual, echo);
            peer.getInputStream().readNBytes(3);
            Wait.untilBlocked(thread);
            thread.interrupt();
            echo.get();
            peer.getInputStream().readAllBytes();  // ne revient que si le client a fermé
            Wait.until(() -> isReset(peer));
        }
    }

    /** Écrire à un pair qui a tout fermé finit par une erreur ; à un pair qui n'a fermé que son envoi, jamais. */
    private static boolean isReset(Socket peer) {
        try {
            peer.getOutputStream().write('x');
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @ParameterizedTest(name = "interrompu pendant l''envoi d''un long message que personne ne lit (thread virtuel : {0})")
    @ValueSource(booleans = {true, false})
    void interruptedSending(boolean virtual) throws Exception {
        try (var listener = listen(50); var client = EchoClient.connect(listener.getLocalPort()); var peer = listener.accept()) {
            var echo = new FutureTask<>(() -> assertThrows(InterruptedException.class, () -> client.echo(new byte[20_000_000])));
            var thread = start(virtual, echo);
            peer.getInputStream().read();
            Wait.untilBlocked(thread);
            thread.interrupt();
            echo.get();
        }
    }

    @ParameterizedTest(name = "interrompu pendant la connexion, cesse aussitôt (thread virtuel : {0})")
    @ValueSource(booleans = {true, false})
    void interruptedConnect(boolean virtual) throws Exception {
        try (var listener = listen(1)) {
            var port = listener.getLocalPort();
            var pending = fillBacklog(port);
            var connecting = new FutureTask<>(() -> assertThrows(InterruptedException.class, () -> EchoClient.connect(port)));
            var thread = start(virtual, connecting);
            Wait.untilBlocked(thread);
            assertTrue(thread.isAlive(), "la connexion devait rester en attente");
            thread.interrupt();
            connecting.get();
            for (var socket : pending) socket.close();
        }
    }

    /** Ouvre des connexions que personne n'accepte, jusqu'à ce que le système n'en prenne plus. */
    private static ArrayList<Socket> fillBacklog(int port) throws IOException {
        var pending = new ArrayList<Socket>();
        while (true) {
            var socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 300);
                pending.add(socket);
            } catch (SocketTimeoutException e) {
                socket.close();
                return pending;
            }
            assumeTrue(pending.size() < 1000, "ce système ne borne pas les connexions en attente");
        }
    }

    @Test
    @DisplayName("fermer la connexion met fin à un échange en cours dans un autre thread")
    void closeEndsEcho() throws Exception {
        try (var listener = listen(50); var client = EchoClient.connect(listener.getLocalPort()); var peer = listener.accept()) {
            var echo = new FutureTask<>(() -> assertThrows(SocketException.class, () -> client.echo("Hey")));
            Thread.ofPlatform().start(echo);
            peer.getInputStream().readNBytes(3);
            client.close();
            echo.get();
        }
    }

    @Test
    @DisplayName("cent échanges interrompus ne laissent aucun socket ouvert")
    void noSocketLeftOpen() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "les sockets ouverts ne se comptent que sous Linux");
        EchoServer.start(0).close();  // les sockets que Java garde pour lui sont ouverts
        var before = openSockets();
        try (var server = EchoServer.start(0, 3600); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var i = 0; i < 100; i++) threads.submit(() -> EchoClient.connect(server.port()).echo("Hey"));
            Wait.until(() -> openSockets() >= before + 201);  // l'écoute, et les deux bouts de cent connexions
            threads.shutdownNow();
        }
        Wait.until(() -> openSockets() <= before);
    }

    private static long openSockets() throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(EchoClientTest::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false;  // fermé entre-temps
        }
    }

    private interface Peer {
        void serve(Socket socket) throws IOException;
    }

    private static FutureTask<Void> serveOne(ServerSocket listener, Peer peer) {
        var task = new FutureTask<Void>(() -> {
            try (var socket = listener.accept()) {
                peer.serve(socket);
            }
            return null;
        });
        Thread.ofVirtual().start(task);
        return task;
    }

    private static Thread start(boolean virtual, Runnable task) {
        return virtual ? Thread.ofVirtual().start(task) : Thread.ofPlatform().daemon().start(task);
    }

    private static ServerSocket listen(int backlog) throws IOException {
        return new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
    }

    private static int freePort() throws IOException {
        try (var socket = listen(1)) {
            return socket.getLocalPort();
        }
    }
}
