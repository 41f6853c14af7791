package lessons;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import lessons.http.Site;

/**
 * Ce qu'un notebook garde ouvert d'une cellule à l'autre : un site, un client. Chacun a un nom ; il est ouvert la première fois qu'on le
 * demande, et de nouveau après {@link #closeAll}. Ainsi chaque cellule peut être exécutée de nouveau, dans n'importe quel ordre.
 */
public final class OpenResources {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Map<String, AutoCloseable> open = new LinkedHashMap<>();
    private static final ConcurrentSkipListSet<Integer> ports = new ConcurrentSkipListSet<>();   // ceux de tous les sites gardés

    private OpenResources() {
    }

    /**
     * La ressource de ce nom ; l'ouvre si elle ne l'est pas.
     *
     * @throws IllegalStateException si l'ouverture échoue ; la cause dit pourquoi
     */
    @SuppressWarnings("unchecked")                                // un nom désigne toujours le même type
    public static synchronized <T extends AutoCloseable> T get(String name, Callable<T> opener) {
        var resource = open.get(name);
        if (resource instanceof HttpClient client && client.isTerminated()) resource = null;
        if (resource == null) {
            try {
                open.put(name, resource = opener.call());
            } catch (Exception e) {
                throw new IllegalStateException("Ouverture impossible (" + name + ") : " + e.getMessage(), e);
            }
            if (resource instanceof Site site) ports.add(site.port());
        }
        return (T) resource;
    }

    /** Ferme la ressource de ce nom, s'il y en a une : la prochaine demande en ouvrira une neuve. */
    public static synchronized void close(String name) throws Exception {
        var resource = open.remove(name);
        if (resource instanceof HttpClient client) {
            client.shutdownNow();                                 // close attendrait la fin des échanges, même sans fin
            client.awaitTermination(PATIENCE);
        } else if (resource != null) {
            resource.close();
        }
    }

    /** Ferme tout, la ressource la plus récente d'abord, puis attend que les threads HTTP finissent, au plus 5 secondes. */
    public static synchronized void closeAll() throws Exception {
        for (var name : open.keySet().stream().toList().reversed()) close(name);
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (threads() + sockets().orElse(0L) > 0 && System.nanoTime() < end) Thread.sleep(20);
    }

    /** Ce qui est ouvert en ce moment, compté. Les connexions ne le sont que sous Linux, qui sait les dire. */
    public static synchronized Map<String, Long> census() {
        var counts = new LinkedHashMap<String, Long>();
        counts.put("client et site ouverts", (long) open.size());
        counts.put("pages en cours", open.values().stream().mapToLong(kept -> kept instanceof Site site ? site.active() : 0).sum());
        counts.put("threads du client et du serveur HTTP", threads());
        sockets().ifPresent(count -> counts.put("sockets du site", count));
        return counts;
    }

    /** Les threads de plateforme que HttpClient et HttpServer créent ; un thread virtuel n'est pas dans cette liste. */
    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.startsWith("HttpClient-") || name.equals("HTTP-Dispatcher")).count();
    }

    private static Optional<Long> sockets() {
        if (!Files.exists(Path.of("/proc/self/net/tcp"))) return Optional.empty();
        return Optional.of(Stream.of("tcp", "tcp6").flatMap(OpenResources::lines).filter(OpenResources::isOurs).count());
    }

    private static Stream<String> lines(String table) {
        try {
            return Files.readAllLines(Path.of("/proc/self/net", table)).stream().skip(1);
        } catch (IOException e) {
            return Stream.of();                                   // sans IPv6, par exemple
        }
    }

    /** Une ligne donne un numéro, deux adresses avec leur port, puis un état, en hexadécimal ; l'état 06 est celui d'un socket déjà fermé. */
    private static boolean isOurs(String line) {
        var words = line.strip().split("\\s+");
        return !words[3].equals("06") && (ports.contains(port(words[1])) || ports.contains(port(words[2])));
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
    }
}
