package lessons.pitfalls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Une vraie connexion TCP de cette machine à elle-même, dont on tient les deux bouts ; {@link #close} les ferme. */
public final class Wire implements AutoCloseable {

    private final Socket client;
    private final Socket server;

    /** Ouvre la connexion ; attend qu'elle soit établie. */
    public Wire() throws IOException {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            client = new Socket(listener.getInetAddress(), listener.getLocalPort());
            client.setTcpNoDelay(true);                           // chaque envoi part aussitôt
            server = listener.accept();
        }
    }

    /** Le bout du client. */
    public Socket client() {
        return client;
    }

    /** Le bout du serveur. */
    public Socket server() {
        return server;
    }

    /** Le client envoie ce texte, en UTF-8, d'un seul geste. */
    public void send(String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        try (client) {
            server.close();
        }
    }
}
