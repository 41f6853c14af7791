//SOURCES ../Deadline.java
package lessons.project;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import display.Timeline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import lessons.Deadline;

/**
 * Un petit site, posé sur le serveur HTTP du JDK : ses pages, et le journal de toutes les demandes. Il répond 503 à celles de trop.
 * Toutes les méthodes peuvent être appelées par plusieurs threads.
 *
 * {@snippet :
 * try (var site = DemoSite.open(4).page("/", "/suite").page("/suite", "/")) {
 *     // un vérificateur de liens, ici, à partir de site.link("/")
 * }
 * }
 */
public final class DemoSite implements AutoCloseable {

    /** Ce qu'une page fait d'une demande. */
    @FunctionalInterface
    public interface Behaviour {
        void answer(Reply reply) throws Exception;
    }

    /**
     * Une demande reçue ; les instants sont ceux de {@link System#nanoTime}.
     *
     * @param end l'instant où la réponse part, ou celui où le client a disparu ; maintenant, si la demande dure encore
     * @param outcome le code de la réponse, {@code coupée}, {@code client parti}, {@code arrêtée}, ou {@code en cours}
     */
    public record Visit(String path, long start, long end, String outcome) {

        boolean refused() {
            return outcome.equals("503");
        }
    }

    private static final Duration SLOW = Duration.ofMillis(150);
    private static final int JOURNAL = 5000;                      // demandes gardées, au plus

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Behaviour> pages = new ConcurrentHashMap<>();
    private final int crowd;

    // l'état, gardé par this
    private final Map<HttpExchange, Visit> present = new LinkedHashMap<>();
    private final List<Visit> journal = new ArrayList<>();
    private long zero = System.nanoTime();
    private int most;

    private DemoSite(HttpServer server, int crowd) {
        this.server = server;
        this.crowd = crowd;
    }

    /** Un site sans page, sur un port libre de cette machine, qui sert {@code crowd} demandes à la fois et refuse les autres. */
    public static DemoSite open(int crowd) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
        var site = new DemoSite(server, crowd);
        server.setExecutor(site.threads);
        server.createContext("/", site::serve);
        server.start();
        return site;
    }

    /** Le site du notebook. À partir de « / », des pages ordinaires et deux liens morts ; à partir de « /tout », les difficiles aussi. */
    public static DemoSite sample() throws IOException {
        return open(6)
                .page("/", "/cours", "/equipe", "/contact", "/cours")
                .page("/cours", "/", "/cours/1", "/cours/2", "/cours/3", "/absente")
                .page("/cours/1", "/cours", "/cours/2")
                .page("/cours/2", "/cours#bas", "/cours/3")
                .page("/cours/3", "/cours/1", "/cours/4")
                .page("/equipe", "/", "/equipe/ana", "/equipe/bilal", "/equipe/zoe")
                .page("/equipe/ana", "/equipe", "/contact")
                .page("/equipe/bilal", "/equipe", "/contact")
                .page("/equipe/zoe", "/equipe", "/contact", "/absente")
                .page("/contact", "/")
                .page("/tout", "/", "/muette", "/sans-fin", "/coupee", "/fatiguee")
                .page("/muette", reply -> reply.silence(Duration.ofSeconds(1)))
                .page("/sans-fin", Reply::forever)
                .page("/coupee", Reply::cut)
                .page("/fatiguee", tired(2));
    }

    /** Une page ordinaire : lente, et qui contient ces liens. */
    public DemoSite page(String path, String... links) {
        return page(path, reply -> {
            reply.pause(SLOW);
            reply.page(links);
        });
    }

    /** Ajoute une page, ou remplace celle de ce chemin. */
    public DemoSite page(String path, Behaviour behaviour) {
        pages.put(path, behaviour);
        return this;
    }

    /** Répond 503 tant de fois, puis une page sans lien, puis recommence : une cellule exécutée deux fois revoit la même chose. */
    static Behaviour tired(int times) {
        var turn = new AtomicInteger();
        return reply -> {
            if (turn.getAndIncrement() % (times + 1) < times) reply.status(503);
            else reply.page();
        };
    }

    /** Un lien vers la page de ce chemin. */
    public Link link(String path) {
        return new Link(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path));
    }

    /** Vide le journal. Les demandes en cours continuent, mais n'y seront pas. */
    public synchronized void forget() {
        journal.clear();
        most = 0;
        zero = System.nanoTime();
    }

    /** Le plus grand nombre de demandes servies à la fois, depuis {@link #forget}. */
    public synchronized int most() {
        return most;
    }

    /** Le nombre de demandes en cours. */
    public synchronized int active() {
        return present.size();
    }

    /** Toutes les demandes, dans l'ordre d'arrivée, celles en cours comprises. */
    public synchronized List<Visit> visits() {
        var all = new ArrayList<>(journal);
        present.values().stream().filter(visit -> visit.start >= zero)
                .forEach(visit -> all.add(new Visit(visit.path, visit.start, System.nanoTime(), "en cours")));
        all.sort(Comparator.comparingLong(Visit::start));
        return all;
    }

    /** Les demandes de cette page. */
    public List<Visit> visits(String path) {
        return visits().stream().filter(visit -> visit.path.equals(path)).toList();
    }

    /** Attend que plus aucune demande ne soit en cours, au plus {@code limit} ; rend vrai si c'est le cas. */
    public synchronized boolean awaitNobody(Duration limit) throws InterruptedException {
        var deadline = Deadline.in(limit);
        while (!present.isEmpty()) {
            var left = deadline.left().toMillis();
            if (left == 0) return false;
            wait(left);
        }
        return true;
    }

    /**
     * Ce que le serveur a vu : une ligne par page, une barre par demande. En bleu les réponses 200, en rouge les autres codes, en brun ce
     * qui n'a pas été servi jusqu'au bout.
     */
    public Timeline timeline() {
        var visits = visits();
        var drawing = new Timeline(title(visits));
        for (var visit : visits) {
            var row = drawing.row(visit.path);
            switch (visit.outcome) {
                case "200" -> row.done(visit.start, visit.end);
                case "404", "503" -> row.refused(visit.start, visit.end);
                default -> row.unfinished(visit.start, visit.end);
            }
        }
        return drawing;
    }

    private String title(List<Visit> visits) {
        if (visits.isEmpty()) return "Le serveur n’a reçu aucune demande";
        var first = visits.getFirst().start;
        var seconds = (visits.stream().mapToLong(Visit::end).max().getAsLong() - first) / 1e9;
        return String.format(Locale.FRANCE, "%d demandes, %d adresses, en %.1f s, au plus %d à la fois", visits.size(),
                visits.stream().map(Visit::path).distinct().count(), seconds, most());
    }

    /** Arrête le serveur : le port est rendu, les connexions fermées, les demandes en cours interrompues, leurs threads finis. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        threads.close();
    }

    private void serve(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        var reply = new Reply(exchange, outcome -> leave(exchange, outcome));
        try (exchange) {
            if (enter(exchange, path)) pages.getOrDefault(path, other -> other.status(404)).answer(reply);
            else reply.status(503);
        } catch (IOException e) {
            leave(exchange, "client parti");
        } catch (Exception e) {
            leave(exchange, "arrêtée");
        } finally {
            leave(exchange, "coupée");                            // sans effet si la réponse est partie
        }
    }

    private synchronized boolean enter(HttpExchange exchange, String path) {
        var now = System.nanoTime();
        if (present.size() >= crowd) {
            journal.add(new Visit(path, now, now, "503"));
            return false;
        }
        present.put(exchange, new Visit(path, now, now, ""));
        most = Math.max(most, present.size());
        return true;
    }

    /** La première fin donnée à une demande est la bonne. */
    private synchronized void leave(HttpExchange exchange, String outcome) {
        var visit = present.remove(exchange);
        if (visit == null) return;
        if (visit.start >= zero && journal.size() < JOURNAL)
            journal.add(new Visit(visit.path, visit.start, System.nanoTime(), outcome));
        notifyAll();
    }
}
