package lessons.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import display.Timeline;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Un site d'essai, posé sur le serveur HTTP du JDK : des pages que l'on ajoute, et le journal de leurs visites, pour voir combien le
 * serveur en sert à la fois. Toutes les méthodes peuvent être appelées par plusieurs threads.
 *
 * {@snippet :
 * try (var site = Site.on(server).page("/page", exchange -> Site.reply(exchange, 200, "Bonjour"))) {
 *     // des clients, ici, pour site.uri("/page")
 * }
 * }
 */
public final class Site implements AutoCloseable {

    /** Ce qu'il faut faire d'une demande. Une exception imprévue devient une réponse 500. */
    @FunctionalInterface
    public interface Page {
        void answer(HttpExchange exchange) throws Exception;
    }

    /**
     * Une visite : le temps est en secondes, depuis l'ouverture du site ou le dernier {@link #forget}.
     *
     * @param end l'instant où la réponse part, ou celui où le client a disparu ; maintenant, si la visite dure encore
     * @param outcome le code de la réponse, {@code client parti}, {@code arrêtée}, ou {@code en cours}
     */
    public record Visit(int number, String path, double start, double end, String outcome) {}

    private static final String SELF = Site.class.getName();
    private static final int JOURNAL = 1000;                      // visites gardées, au plus

    private record Entry(int number, String path, long start) {}

    private final HttpServer server;
    private final Map<String, Page> pages = new ConcurrentHashMap<>();

    // l'état, gardé par this
    private final Map<HttpExchange, Entry> present = new HashMap<>();
    private final List<Visit> journal = new ArrayList<>();
    private final Map<String, Integer> most = new HashMap<>();
    private long zero = System.nanoTime();
    private int visits;
    private int limit = Integer.MAX_VALUE;

    private Site(HttpServer server) {
        this.server = server;
    }

    /** Un site sans page sur ce serveur, démarré ou non, qui n'a pas encore de contexte « / ». */
    public static Site on(HttpServer server) {
        var site = new Site(server);
        server.createContext("/", site::serve).getAttributes().put(SELF, site);
        Census.add(site);
        return site;
    }

    /** Ajoute une page, ou remplace celle de ce chemin ; les visites en cours finissent avec l'ancienne. */
    public Site page(String path, Page page) {
        pages.put(path, page);
        return this;
    }

    /** Chaque page répondra 503 aux visites de trop quand elle en sert déjà {@code visits} à la fois. */
    public synchronized Site limit(int visits) {
        limit = visits;
        return this;
    }

    /** L'adresse complète de ce chemin, par la boucle locale. */
    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /**
     * Envoie un texte en UTF-8, annoncé comme du JSON s'il commence par une accolade ou un crochet, et termine la visite. Les en-têtes déjà
     * posés sont gardés. Bloque tant que le client ne lit pas.
     */
    public static void reply(HttpExchange exchange, int status, String text) throws IOException {
        var body = text.getBytes(UTF_8);
        exchange.getResponseHeaders().putIfAbsent("Content-Type",
                List.of(text.matches("(?s)[\\[{].*") ? "application/json" : "text/plain; charset=utf-8"));
        of(exchange).leave(exchange, String.valueOf(status));     // avant le dernier octet : ensuite, le client peut déjà revenir
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    /** Une page lente : elle dort {@code millis} ms, puis répond 200. */
    public static Page slow(int millis) {
        return exchange -> {
            Thread.sleep(millis);
            reply(exchange, 200, "Bonjour");
        };
    }

    /** Une page fatiguée : elle répond 503 aux {@code refusals} premières visites, puis 200. */
    public static Page tired(int refusals) {
        var left = new AtomicInteger(refusals);
        return exchange -> reply(exchange, left.getAndDecrement() > 0 ? 503 : 200, "");
    }

    /** Une page sans fin : « nouvelle 1 », « nouvelle 2 »..., un événement tous les {@code millis} ms, jusqu'au départ du client. */
    public static Page news(int millis) {
        return exchange -> {
            for (int i = 1;; i++) {
                event(exchange, "nouvelle " + i);
                Thread.sleep(millis);
            }
        };
    }

    /** Le corps de la demande, lu jusqu'au bout. */
    public static String text(HttpExchange exchange) throws IOException {
        return new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    }

    /**
     * Envoie un événement ({@code server-sent event}) ; le premier est précédé des en-têtes. Lance IOException quand le client est parti.
     */
    public static void event(HttpExchange exchange, String text) throws IOException {
        if (exchange.getResponseCode() < 0) {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
            exchange.sendResponseHeaders(200, 0);                 // 0 : longueur inconnue, le corps part par morceaux
        }
        exchange.getResponseBody().write(("data: " + text + "\n\n").getBytes(UTF_8));
        exchange.getResponseBody().flush();
    }

    /**
     * Envoie {@code blocks} blocs de {@code size} octets, un tous les vingtièmes de seconde ; la longueur totale est annoncée. Lance
     * IOException quand le client est parti.
     */
    public static void trickle(HttpExchange exchange, int blocks, int size) throws IOException, InterruptedException {
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
        exchange.sendResponseHeaders(200, (long) blocks * size);
        for (int i = 0; i < blocks; i++) {
            Thread.sleep(50);
            exchange.getResponseBody().write(new byte[size]);
            exchange.getResponseBody().flush();
        }
    }

    /** Vide le journal et remet le chronomètre du site à zéro. Les visites en cours continuent. */
    public synchronized void forget() {
        journal.clear();
        most.clear();
        visits = 0;
        zero = System.nanoTime();
    }

    /** Le plus grand nombre de visites de cette page à la fois, depuis {@link #forget}. */
    public synchronized int most(String path) {
        return most.getOrDefault(path, 0);
    }

    /** Le nombre de visites de cette page en ce moment. */
    public synchronized int active(String path) {
        return (int) present.values().stream().filter(entry -> entry.path.equals(path)).count();
    }

    /** Le nombre de visites en ce moment, toutes pages confondues. */
    public synchronized int active() {
        return present.size();
    }

    /** Attend que plus personne ne visite cette page, au plus {@code limit}. Rend vrai s'il n'y a plus personne. */
    public synchronized boolean awaitNobody(String path, Duration limit) throws InterruptedException {
        var end = System.nanoTime() + limit.toNanos();
        while (active(path) > 0) {
            var left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) return false;
            wait(left);
        }
        return true;
    }

    /** Les visites de cette page, dans l'ordre d'arrivée, celles en cours comprises. */
    public synchronized List<Visit> visits(String path) {
        var all = new ArrayList<>(journal);
        present.values().stream().filter(entry -> entry.start >= zero).forEach(entry -> all.add(visit(entry, "en cours")));
        return all.stream().filter(visit -> visit.path.equals(path)).sorted(Comparator.comparing(Visit::start)).toList();
    }

    /** Le temps, en secondes, du début de la première visite de cette page à la fin de la dernière ; 0 sans visite. */
    public double seconds(String path) {
        var all = visits(path);
        if (all.isEmpty()) return 0;
        return all.stream().mapToDouble(Visit::end).max().orElse(0) - all.getFirst().start;
    }

    /**
     * Combien de fois plus vite ont été servies les visites de cette page que si elles avaient duré {@code before} secondes :
     * {@code 7,9 fois plus vite}.
     */
    public String faster(String path, double before) {
        return String.format(Locale.FRANCE, "%.1f fois plus vite", before / seconds(path));
    }

    /** Le dessin de ce qui a été servi quand : une barre par visite de cette page, dans l'ordre d'arrivée. */
    public Timeline timeline(String path) {
        var visits = visits(path);
        var refused = visits.stream().filter(visit -> visit.outcome.equals("503")).count();
        var drawing = new Timeline(
                String.format(Locale.FRANCE, "%d visites en %.2f s, au plus %d à la fois%s", visits.size(), seconds(path), most(path),
                        refused == 0 ? "" : " ; " + refused + " refusées, en rouge"));
        for (var visit : visits) {
            long start = nanos(visit.start), end = nanos(visit.end);
            switch (visit.outcome) {
                case "200" -> drawing.row().done(start, end);
                case "503" -> drawing.row().refused(start, end);
                default -> drawing.row().unfinished(start, end);
            }
        }
        return drawing;
    }

    private static long nanos(double seconds) {
        return Math.round(seconds * 1e9);
    }

    /** Arrête le serveur : le port est rendu, les connexions fermées, les visites en cours interrompues, leurs threads finis. */
    @Override
    public void close() {
        server.stop(0);
        if (server.getExecutor() instanceof ExecutorService threads) {
            threads.shutdownNow();
            threads.close();
        }
    }

    private static Site of(HttpExchange exchange) {
        return (Site) exchange.getHttpContext().getAttributes().get(SELF);
    }

    private void serve(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        var admitted = enter(exchange, path);
        try (exchange) {
            if (admitted) pages.getOrDefault(path, Site::notFound).answer(exchange);
            else refuse(exchange);
        } catch (IOException e) {
            leave(exchange, "client parti");
        } catch (InterruptedException e) {
            leave(exchange, "arrêtée");
        } catch (Exception e) {
            if (exchange.getResponseCode() < 0) reply(exchange, 500, "La page a échoué : " + e);
        } finally {
            leave(exchange, String.valueOf(exchange.getResponseCode()));
        }
    }

    private static void notFound(HttpExchange exchange) throws IOException {
        reply(exchange, 404, "Aucune page ici : " + exchange.getRequestURI().getPath());
    }

    private static void refuse(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Retry-After", "1");    // en secondes
        reply(exchange, 503, "Trop de visites à la fois : revenez dans une seconde.");
    }

    /** @return faux si la page sert déjà autant de visites qu'elle peut */
    private synchronized boolean enter(HttpExchange exchange, String path) {
        var admitted = active(path) < limit;
        present.put(exchange, new Entry(++visits, path, System.nanoTime()));
        if (admitted) most.merge(path, active(path), Math::max);
        else leave(exchange, "503");
        return admitted;
    }

    /** La première fin donnée à une visite est la bonne. */
    private synchronized void leave(HttpExchange exchange, String outcome) {
        var entry = present.remove(exchange);
        if (entry == null) return;
        if (entry.start >= zero && journal.size() < JOURNAL) journal.add(visit(entry, outcome));
        notifyAll();
    }

    private Visit visit(Entry entry, String outcome) {
        return new Visit(entry.number, entry.path, (entry.start - zero) / 1e9, (System.nanoTime() - zero) / 1e9, outcome);
    }
}
