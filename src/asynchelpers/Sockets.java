package asynchelpers;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;

/** Les gestes que les leçons font souvent avec un socket : ouvrir un port, lire ce qui est arrivé, dire en français ce qui a échoué. */
public final class Sockets {

    private static final int BACKLOG = 1024;             // connexions en attente d'accept() : une classe entière à la fois
    private static final int NEIGHBOURS = 1000;          // ports essayés à la suite, avant de renoncer

    /** Le port que {@link #reservePort} garde, jusqu'à ce que {@link #listen} le demande. */
    private static ServerSocket reserved;

    private Sockets() {}

    /** Ce qui ouvre un port, et échoue par {@link BindException} s'il est pris. */
    @FunctionalInterface
    public interface Opener<T> {
        T open(int port) throws IOException;
    }

    /**
     * Ouvre le premier port libre à partir de {@code first}. C'est en l'ouvrant que l'on apprend s'il est libre : un port seulement
     * choisi pourrait être pris entre-temps.
     *
     * @throws BindException si les mille ports essayés sont pris
     */
    public static <T> T firstFree(int first, Opener<T> opener) throws IOException {
        for (int port = first;; port++) {
            try {
                return opener.open(port);
            } catch (BindException taken) {
                if (port == Math.min(first + NEIGHBOURS, 65536) - 1) throw taken;
            }
        }
    }

    /**
     * Réserve le premier port libre de cette machine à partir de {@code first} : personne d'autre ne peut le prendre avant que
     * {@link #listen} l'ouvre ici. Une seule réservation à la fois : la suivante rend la précédente, si elle n'a pas servi.
     *
     * @return le port
     * @throws BindException si les mille ports essayés sont pris
     */
    public static synchronized int reservePort(int first) throws IOException {
        if (reserved != null) reserved.close();
        reserved = firstFree(first, Sockets::open);
        return reserved.getLocalPort();
    }

    /**
     * Ouvre ce port, pour des clients de cette machine seulement (adresse de bouclage).
     *
     * @param port de 1 à 65535, réservé ou non ; 0 pour un port libre, choisi par le système
     * @throws BindException si le port est pris, par un autre programme ou par celui-ci
     */
    public static synchronized ServerSocket listen(int port) throws IOException {
        if (reserved == null || reserved.getLocalPort() != port) return open(port);
        var server = reserved;
        reserved = null;
        return server;
    }

    private static ServerSocket open(int port) throws IOException {
        return new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
    }

    /**
     * Lit ce qui est arrivé : bloque jusqu'au premier octet, puis n'attend plus. Comme {@code await reader.read(100)} en Python.
     *
     * @param most le nombre d'octets à lire, au plus
     * @return les octets lus, au moins un ; un tableau vide si l'autre côté a fini d'envoyer
     * @throws SocketTimeoutException si {@code setSoTimeout} donne une limite à cette attente, et qu'elle est passée
     */
    public static byte[] receive(Socket socket, int most) throws IOException {
        var buffer = new byte[most];
        int count = socket.getInputStream().read(buffer);
        return Arrays.copyOf(buffer, Math.max(count, 0));         // read rend -1 à la fin
    }

    /**
     * Une phrase qui dit pourquoi un serveur ou un client a échoué, et quoi faire. Un échec qu'une {@code Future} a enveloppé est d'abord
     * déballé ; un échec inconnu est rendu tel quel.
     */
    public static String explain(Throwable failure) {
        return switch (failure) {
            case ExecutionException e when e.getCause() != null -> explain(e.getCause());
            case BindException _ -> "Ce port est déjà pris : fermez l'autre programme, ou changez la valeur de port dans la cellule qui "
                    + "démarre le serveur.";
            case ConnectException _, SocketTimeoutException _ -> "Aucun serveur d'écho ne répond sur ce port : démarrez-le, puis "
                    + "recommencez.";
            default -> failure.toString();
        };
    }
}
