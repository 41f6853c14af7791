//SOURCES ../Race.java
package lessons.eventloop;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Une foule de clients d'écho, connectés tous à la fois et menés par le seul thread appelant : chacun envoie son message, puis chacun
 * lit sa réponse. Ainsi les clients coûtent peu, et le temps mesuré est celui du serveur. Pour un thread à la fois.
 *
 * {@snippet :
 * try (var crowd = EchoCrowd.connect(port, 1000)) {
 *     crowd.round();
 * }
 * }
 */
public final class EchoCrowd implements AutoCloseable {

    private static final int PATIENCE = 20_000;       // millisecondes
    private static final int SPARE_DESCRIPTORS = 200; // pour tout le reste du programme

    private final List<Socket> sockets = new ArrayList<>();

    private EchoCrowd() {}

    /**
     * Ouvre les connexions ; attend que le système les accepte. Chaque client et son serveur prennent deux descripteurs : si le système
     * n'en accorde pas assez, la foule est plus petite, et une phrase le dit.
     *
     * @param port le port d'un serveur d'écho de cette machine
     * @param clients le nombre de connexions voulu
     * @throws IOException si personne n'écoute sur ce port : rien ne reste alors ouvert
     */
    public static EchoCrowd connect(int port, int clients) throws IOException {
        var crowd = new EchoCrowd();
        try {
            for (int i = affordable(clients); i > 0; i--) {
                var socket = new Socket(InetAddress.getLoopbackAddress(), port);
                crowd.sockets.add(socket);
                socket.setSoTimeout(PATIENCE);
            }
            return crowd;
        } catch (IOException e) {
            crowd.close();
            throw e;
        }
    }

    /** Un client qui se connecte, parle, et disparaît comme si l'on avait coupé sa machine : le serveur reçoit un « reset ». */
    public static void vanish(int port) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write('?');
            socket.setSoLinger(true, 0);              // fermer ainsi coupe, sans l'échange de politesses de TCP
        }
    }

    /** Le nombre de connexions. */
    public int size() {
        return sockets.size();
    }

    /**
     * Un tour de parole : tous envoient quelques octets, puis tous lisent leur écho. Attend le dernier.
     *
     * @throws IOException si une connexion est rompue, si un écho n'est pas fidèle, ou s'il n'est pas venu en 20 secondes
     */
    public void round() throws IOException {
        for (int i = 0; i < size(); i++) sockets.get(i).getOutputStream().write(message(i));
        for (int i = 0; i < size(); i++) {
            try {
                var reply = sockets.get(i).getInputStream().readNBytes(message(i).length);
                if (!Arrays.equals(reply, message(i))) throw new IOException("Le client " + i + " a reçu « " + new String(reply) + " ».");
            } catch (SocketTimeoutException e) {
                throw new IOException("Le serveur n'a pas répondu en " + PATIENCE / 1000 + " secondes au client " + i + ".", e);
            }
        }
    }

    /** Fait un tour de parole, et rend sa durée en millisecondes. */
    public long millis() throws IOException {
        var start = System.nanoTime();
        round();
        return (System.nanoTime() - start) / 1_000_000;
    }

    /**
     * La mémoire que prend une connexion ouverte et au repos, client compris, pour chacun de ces serveurs : ce que cinq cents connexions
     * ajoutent au tas, ramassé avant et après. Approché : tout ce que le programme fait d'autre au même moment compte aussi.
     *
     * @return des textes comme « 17,2 Ko », dans l'ordre des serveurs
     */
    public static List<String> kilobytes(int... ports) throws IOException {
        var results = new ArrayList<String>();
        var crowds = new ArrayList<EchoCrowd>();
        try {
            for (int i = 0; i < 2; i++) System.gc();  // des caches ne se vident qu'à la deuxième ou troisième fois
            for (int port : ports) {
                var before = usedHeap();
                var crowd = connect(port, 500);
                crowds.add(crowd);
                crowd.round();
                results.add(String.format(Locale.FRANCE, "%.1f Ko", (usedHeap() - before) / 1024.0 / crowd.size()));
            }
            return results;
        } finally {
            for (var crowd : crowds) crowd.close();
        }
    }

    /** Le nombre de descripteurs ouverts par ce programme : fichiers, sockets et autres. Toujours 0 là où le système ne le dit pas. */
    public static long descriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getOpenFileDescriptorCount()
                : 0;
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Ferme toutes les connexions, sans attendre. */
    @Override
    public void close() throws IOException {
        for (var socket : sockets) socket.close();
    }

    private static byte[] message(int client) {
        return "client#%04d".formatted(client).getBytes();
    }

    private static int affordable(int clients) {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)) return clients;
        var free = system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount() - SPARE_DESCRIPTORS;
        var affordable = Math.clamp(free / 4, 1, clients);     // la moitié du reste : une autre foule peut venir
        if (affordable < clients)
            System.out.println(("Ce système n'accorde que %d descripteurs à un programme (commande « ulimit ») : "
                    + "%d clients au lieu de %d.").formatted(system.getMaxFileDescriptorCount(), affordable, clients));
        return affordable;
    }
}
