package asynchelpers;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Sockets")
@Timeout(30)
class SocketsTest {

    private ServerSocket server;
    private Socket client;
    private Socket peer;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        client = new Socket(server.getInetAddress(), server.getLocalPort());
        peer = server.accept();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        peer.close();
        server.close();
    }

    @Test
    @DisplayName("receive rend ce qui est arrivé, sans attendre d'en avoir le plus permis")
    void whatHasArrived() throws IOException {
        client.getOutputStream().write("Hey".getBytes());
        assertEquals("Hey", new String(Sockets.receive(peer, 100)));
    }

    @Test
    @DisplayName("receive ne rend jamais plus que demandé ; la suite vient à l'appel suivant")
    void atMost() throws IOException {
        client.getOutputStream().write(new byte[150]);
        assertEquals(100, Sockets.receive(peer, 100).length);
        assertEquals(50, Sockets.receive(peer, 100).length);
    }

    @Test
    @DisplayName("receive rend un tableau vide quand l'autre côté a fini")
    void end() throws IOException {
        client.shutdownOutput();
        assertEquals(0, Sockets.receive(peer, 100).length);
    }

    @Test
    @DisplayName("receive respecte la limite de setSoTimeout")
    void limit() throws IOException {
        peer.setSoTimeout(20);
        assertThrows(SocketTimeoutException.class, () -> Sockets.receive(peer, 100));
    }

    @Test
    @DisplayName("reservePort saute les ports pris, et garde celui qu'il rend jusqu'à ce que listen l'ouvre")
    void reserved() throws IOException {
        int port = Sockets.reservePort(server.getLocalPort());
        assertTrue(port > server.getLocalPort(), "le premier est pris : " + port);
        assertThrows(BindException.class, () -> new ServerSocket(port, 1, server.getInetAddress()).close());
        try (var listening = Sockets.listen(port); var _ = new Socket(server.getInetAddress(), port)) {
            assertEquals(port, listening.getLocalPort());
            listening.accept().close();
        }
    }

    @Test
    @DisplayName("une réservation qui n'a pas servi est rendue à la suivante : recommencer donne le même port")
    void reservedTwice() throws IOException {
        int port = Sockets.reservePort(server.getLocalPort());
        assertEquals(port, Sockets.reservePort(server.getLocalPort()));
        Sockets.listen(port).close();
    }

    @Test
    @DisplayName("listen sur un port que l'on n'a pas réservé, et qui est pris : BindException")
    void listenOnTakenPort() {
        assertThrows(BindException.class, () -> Sockets.listen(server.getLocalPort()).close());
    }

    @Test
    @DisplayName("vingt qui cherchent à la fois le premier port libre en ouvrent vingt différents")
    void noRaceForThePort() throws Exception {
        var opened = new ConcurrentLinkedQueue<ServerSocket>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++)
                threads.submit(() -> opened.add(Sockets.firstFree(server.getLocalPort(),
                        port -> new ServerSocket(port, 1, server.getInetAddress()))));
        }
        for (var one : opened) one.close();
        assertEquals(20, opened.stream().map(ServerSocket::getLocalPort).distinct().count());
    }

    @Test
    @DisplayName("firstFree ne cherche pas au-delà de 65535")
    void lastPort() {
        assertThrows(BindException.class, () -> Sockets.firstFree(65_534, port -> {
            assertTrue(port <= 65_535, "port " + port);
            throw new BindException();
        }));
    }

    @Test
    @DisplayName("explain dit qu'un port est pris, et quoi faire, même si une future a enveloppé l'exception")
    void portTaken() {
        var failure = assertThrows(BindException.class, () -> new ServerSocket(server.getLocalPort(), 1, server.getInetAddress()).close());
        assertTrue(Sockets.explain(failure).contains("port est déjà pris : fermez"), Sockets.explain(failure));
        assertEquals(Sockets.explain(failure), Sockets.explain(new ExecutionException(failure)));
    }

    @Test
    @DisplayName("explain dit qu'aucun serveur ne répond, qu'il refuse ou se taise")
    void nobody() {
        assertTrue(Sockets.explain(new ConnectException()).contains("Aucun serveur"));
        assertTrue(Sockets.explain(new SocketTimeoutException()).contains("Aucun serveur"));
    }

    @Test
    @DisplayName("explain rend un autre échec tel quel")
    void other() {
        assertEquals("java.lang.ArithmeticException: / by zero", Sockets.explain(new ArithmeticException("/ by zero")));
    }
}
