package asynchelpers;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Un serveur d'écho TCP (RFC 862) : renvoie tout ce qu'il reçoit jusqu'à la fin du flux, puis ferme la connexion.
 *
 * <p>N'écoute que sur cette machine (adresse de bouclage). Chaque connexion a son thread virtuel : un client lent,
 * muet ou disparu ne gêne pas les autres. Rien n'est gardé en mémoire au-delà d'un bloc par connexion, petit tant qu'elle parle peu.
 *
 * {@snippet :
 * try (var server = EchoServer.start(8080)) {
 *     // des clients, ici
 * }                         // port libéré, connexions fermées
 * }
 */
public final class EchoServer implements AutoCloseable {

    private static final int SMALL_BLOCK = 512;      // octets qu'une connexion au repos garde pour lire ce qui viendra
    private static final int LARGE_BLOCK = 16 * 1024;  // octets lus à la fois, quand il en vient beaucoup
    private static final int BACKLOG = 1024;         // connexions en attente d'accept() : une classe entière à la fois
    private static final long RETRY_NANOS = 50_000_000;

    private final ServerSocket listener;
    private final Duration delay;
    private final Consumer<String> log;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private EchoServer(ServerSocket listener, Duration delay, Consumer<String> log) {
        this.listener = listener;
        this.delay = delay;
        this.log = log;
    }

    /** Comme {@link #start(int, double, Consumer)}, sans délai ni journal. */
    public static EchoServer start(int port) throws IOException {
        return start(port, 0);
    }

    /** Comme {@link #start(int, double, Consumer)}, sans journal. */
    public static EchoServer start(int port, double delaySeconds) throws IOException {
        return start(port, delaySeconds, _ -> {});
    }

    /**
     * Ouvre le port et rend la main aussitôt ; les connexions sont servies en arrière-plan jusqu'à {@link #close()}.
     *
     * @param port de 1 à 65535, ou 0 pour un port libre choisi par le système : voir {@link #port()}
     * @param delaySeconds l'attente, en secondes, entre les premiers octets d'une connexion et leur renvoi
     * @param log reçoit une ligne à chaque étape d'une connexion, depuis le thread de celle-ci
     * @throws BindException si le port est déjà occupé ou réservé ; le message dit quoi faire
     * @throws IllegalArgumentException si le port ou le délai ne conviennent pas
     */
    public static EchoServer start(int port, double delaySeconds, Consumer<String> log) throws IOException {
        if (port < 0 || port > 65535)
            throw new IllegalArgumentException("Un port va de 0 à 65535 : " + port + " ne convient pas.");
        var delay = AsyncHelpers.delay(delaySeconds);
        var server = new EchoServer(listen(port), delay, log);
        server.threads.execute(server::acceptAll);
        return server;
    }

    /** Le port d'écoute, y compris quand le système l'a choisi. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Attend la fin du serveur, c'est-à-dire un appel à {@link #close()} ; une interruption met fin à l'attente. */
    public void awaitClose() throws InterruptedException {
        threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }

    /** Libère le port, ferme toutes les connexions et attend la fin de leurs threads. Le refaire est sans effet. */
    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();  // une interruption ferme le socket où un thread virtuel est bloqué
        threads.close();
    }

    private static ServerSocket listen(int port) throws IOException {
        try {
            return new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (BindException e) {
            var message =
                    "Le port %d est déjà occupé, ou réservé (%s) : arrêtez le programme qui s'en sert, ou choisissez un autre port (0 : "
                            + "un port libre, au choix du système).";
            throw (BindException) new BindException(message.formatted(port, e.getMessage())).initCause(e);
        }
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                serve(listener.accept());
            } catch (IOException e) {
                LockSupport.parkNanos(RETRY_NANOS);  // système à court de ressources, ou close() : alors sans attente
            }
        }
    }

    private void serve(Socket socket) throws IOException {
        try {
            threads.execute(() -> echo(socket));
        } catch (RejectedExecutionException e) {
            socket.close();  // close() est passé entre accept() et ici
        }
    }

    private void echo(Socket socket) {
        var peer = socket.getInetAddress().getHostAddress() + ":" + socket.getPort();
        try (socket) {
            log.accept("%s : connexion ouverte".formatted(peer));
            log.accept("%s : %d octets renvoyés".formatted(peer, sendBack(socket)));
        } catch (IOException | InterruptedException e) {
            var reason = listener.isClosed() ? "fermée par l'arrêt du serveur" : "rompue (" + e.getMessage() + ")";
            log.accept("%s : connexion %s".formatted(peer, reason));
        }
    }

    private long sendBack(Socket socket) throws IOException, InterruptedException {
        var in = socket.getInputStream();
        var out = socket.getOutputStream();
        var block = new byte[SMALL_BLOCK];
        var length = in.read(block);
        Thread.sleep(delay);
        var total = 0L;
        for (; length >= 0; length = in.read(block)) {
            out.write(block, 0, length);
            total += length;
            if (length == block.length && length < LARGE_BLOCK) block = new byte[2 * length];  // plein : il en vient plus
        }
        return total;
    }
}
