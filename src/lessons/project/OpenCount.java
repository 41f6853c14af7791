//SOURCES ../OpenResources.java ../Deadline.java
package lessons.project;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import lessons.Deadline;
import lessons.OpenResources;

/** Ce que le site, le client et la base gardés par {@link OpenResources} occupent : demandes, threads, connexions. */
public final class OpenCount {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private OpenCount() {}

    /** Compte ce qui est ouvert en ce moment. Quand plus rien ne l'est, attend d'abord la fin des threads, au plus 5 secondes. */
    public static Map<String, Long> take() throws Exception {
        var open = OpenResources.all();
        for (var end = Deadline.in(PATIENCE); open.isEmpty() && threads() > 0 && !end.passed();) Thread.sleep(20);
        long requests = 0;
        long connections = 0;
        for (var resource : open) {
            if (resource instanceof DemoSite site) requests += site.active();
            if (resource instanceof PageBase base) connections += base.connections();
        }
        var counts = new LinkedHashMap<String, Long>();
        counts.put("site, client et base ouverts", (long) open.size());
        counts.put("demandes en cours", requests);
        counts.put("threads du client, du site et de la réserve", threads());
        counts.put("connexions à la base", connections);
        return counts;
    }

    /** Les threads de plateforme que HttpClient, HttpServer et HikariCP créent ; un thread virtuel n'est pas dans cette liste. */
    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.matches("(HttpClient-|HTTP-Dispatcher|Hikari).*")).count();
    }
}
