package asynchelpers;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Une connexion à un serveur d'écho de cette machine : envoie un message, annonce la fin, lit la réponse entière.
 *
 * <p>Toutes les entrées-sorties se font dans des threads virtuels, et l'appelant attend leur résultat : ainsi une
 * interruption met fin à l'attente aussitôt, même quand l'appelant est un thread de plateforme.
 *
 * {@snippet :
 * try (var client = EchoClient.connect(8080)) {
 *     System.out.println(client.echo("Hey"));
 * }
 * }
 */
public final class EchoClient implements AutoCloseable {

    private final Socket socket = new Socket();
    private final AtomicBoolean used = new AtomicBoolean();

    private EchoClient() {}

    /**
     * Ouvre la connexion ; attend que le serveur l'accepte.
     *
     * @param port le port du serveur, de 1 à 65535
     * @throws ConnectException si personne n'écoute sur ce port ; le message dit quoi faire
     * @throws IllegalArgumentException si le port ne convient pas
     * @throws InterruptedException si le thread est interrompu : l'attente cesse et la connexion est fermée
     */
    public static EchoClient connect(int port) throws IOException, InterruptedException {
        if (port < 1 || port > 65535)
            throw new IllegalArgumentException("Un serveur a un port de 1 à 65535 : " + port + " ne convient pas.");
        var client = new EchoClient();
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try {
            client.await(start(() -> {
                client.socket.connect(address);
                return client;
            }));
        } catch (ConnectException e) {
            client.close();
            var message = "Personne ne répond sur le port %d (%s) : démarrez d'abord le serveur, ou vérifiez le numéro du port.";
            throw (ConnectException) new ConnectException(message.formatted(port, e.getMessage())).initCause(e);
        }
        return client;
    }

    /** Comme {@link #echo(byte[])}, pour un texte, envoyé en UTF-8. */
    public String echo(String message) throws IOException, InterruptedException {
        return new String(echo(message.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    /**
     * Envoie le message, ferme le sens de l'envoi, et lit jusqu'à la fin du flux. Attend la réponse entière.
     *
     * <p>L'envoi et la lecture se font en même temps : sinon, avec un long message, client et serveur attendraient
     * chacun que l'autre lise. Une connexion ne sert qu'à un message, puisque l'envoi est fermé ensuite.
     *
     * @param message les octets à envoyer ; un message vide convient
     * @return les octets reçus
     * @throws EOFException si le serveur ferme avant d'avoir tout renvoyé
     * @throws SocketException si le serveur disparaît en cours d'échange, ou si la connexion est déjà fermée
     * @throws IllegalStateException si un message est déjà parti par cette connexion
     * @throws InterruptedException si le thread est interrompu : l'attente cesse et la connexion est fermée
     */
    public byte[] echo(byte[] message) throws IOException, InterruptedException {
        if (used.getAndSet(true))
            throw new IllegalStateException("Cette connexion a déjà servi : ouvrez-en une autre pour ce message.");
        start(() -> send(message));
        try {
            var reply = await(start(() -> socket.getInputStream().readAllBytes()));
            if (reply.length < message.length)
                throw new EOFException("Le serveur a fermé la connexion trop tôt : %d octets reçus sur %d."
                        .formatted(reply.length, message.length));
            return reply;
        } catch (SocketException e) {
            var text = "Le serveur a disparu en cours d'échange (%s) : vérifiez qu'il tourne encore.";
            throw (SocketException) new SocketException(text.formatted(e.getMessage())).initCause(e);
        }
    }

    /** Ferme la connexion ; un {@code echo} en cours dans un autre thread échoue aussitôt. Ne bloque pas. */
    @Override
    public void close() throws IOException {
        socket.close();
    }

    private Void send(byte[] message) throws IOException {
        socket.getOutputStream().write(message);
        socket.shutdownOutput();
        return null;
    }

    private static <T> FutureTask<T> start(Callable<T> io) {
        var task = new FutureTask<>(io);
        Thread.ofVirtual().start(task);
        return task;
    }

    private <T> T await(FutureTask<T> task) throws IOException, InterruptedException {
        try {
            return task.get();
        } catch (InterruptedException e) {
            close();  // ce qui réveille tous les threads de cette connexion
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) throw cause;
            throw new IOException(e.getCause());
        }
    }
}
