package asynchelpers;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.ExecutionException;
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
