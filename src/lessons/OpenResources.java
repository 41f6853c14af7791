package lessons;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Ce qu'un notebook garde ouvert d'une cellule à l'autre : un site, un client, un dossier, un serveur. Chacun a un nom ; il est ouvert
 * la première fois qu'on le demande, et de nouveau après {@link #closeAll}. Ainsi chaque cellule peut être exécutée de nouveau, dans
 * n'importe quel ordre.
 */
public final class OpenResources {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Map<String, AutoCloseable> open = new LinkedHashMap<>();

    private OpenResources() {}

    /**
     * La ressource de ce nom ; l'ouvre si elle ne l'est pas. Bloque tant que {@code opener} n'a pas fini.
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
        }
        return (T) resource;
    }

    /** Ce qui est ouvert, dans l'ordre des ouvertures. */
    public static synchronized List<AutoCloseable> all() {
        return List.copyOf(open.values());
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

    /** Ferme tout, la ressource la plus récente d'abord. Si l'une ne se ferme pas, son exception arrive après la fermeture des autres. */
    public static synchronized void closeAll() throws Exception {
        Exception first = null;
        for (var name : open.keySet().stream().toList().reversed())
            try {
                close(name);
            } catch (Exception e) {
                if (first == null) first = e;
                else first.addSuppressed(e);
            }
        if (first != null) throw first;
    }
}
