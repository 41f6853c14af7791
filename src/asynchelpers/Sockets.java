package asynchelpers;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;

/** Deux gestes que les leçons font souvent avec un socket : lire ce qui est arrivé, et dire en français ce qui a échoué. */
public final class Sockets {

    private Sockets() {}

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
