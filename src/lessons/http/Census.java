//SOURCES ../OpenResources.java
package lessons.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import lessons.OpenResources;

/** Ce que le client et le site gardés par {@link OpenResources} occupent : pages, threads, connexions. */
public final class Census {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Set<Integer> ports = ConcurrentHashMap.newKeySet();   // ceux de tous les sites, même fermés

    private Census() {}

    /** Un site est ouvert : ses connexions comptent désormais. */
    static void add(Site site) {
        ports.add(site.port());
    }

    /**
     * Compte ce qui est ouvert en ce moment. Quand plus rien ne l'est, attend d'abord la fin des threads et des connexions, au plus
     * 5 secondes. Les connexions ne sont comptées que sous Linux, qui sait les dire.
     */
    public static Map<String, Long> take() throws InterruptedException {
        var open = OpenResources.all();
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (open.isEmpty() && threads() + sockets().orElse(0L) > 0 && System.nanoTime() < end) Thread.sleep(20);
        var counts = new LinkedHashMap<String, Long>();
        counts.put("client et site ouverts", (long) open.size());
        counts.put("pages en cours", open.stream().mapToLong(kept -> kept instanceof Site site ? site.active() : 0).sum());
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
        return Optional.of(Stream.of("tcp", "tcp6").flatMap(Census::lines).filter(Census::isOurs).count());
    }

    private static Stream<String> lines(String table) {
        try {
            return Files.readAllLines(Path.of("/proc/self/net", table)).stream().skip(1);
        } catch (IOException e) {
            return Stream.of();                                   // sans IPv6, par exemple
        }
    }

    /** Une ligne donne un numéro, deux adresses avec leur port, puis un état, en hexadécimal ; l'état 06 est celui d'un socket fermé. */
    private static boolean isOurs(String line) {
        var words = line.strip().split("\\s+");
        return !words[3].equals("06") && (ports.contains(port(words[1])) || ports.contains(port(words[2])));
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
    }
}
