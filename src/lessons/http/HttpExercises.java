//SOURCES ../Exercise.java
package lessons.http;

import static lessons.Exercise.*;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import lessons.http.Site;

/** Les vérifications de la leçon 4. Chacune ouvre son propre site, compte ce qu'il voit, et le ferme. */
public final class HttpExercises {

    /** L'exercice 1 : les codes de réponse, dans l'ordre des adresses, avec au plus {@code places} demandes à la fois. */
    @FunctionalInterface
    public interface Statuses {
        List<Integer> of(List<URI> uris, int places) throws Exception;
    }

    /** L'exercice 2 : la réponse, après un à quatre essais. */
    @FunctionalInterface
    public interface Patient {
        HttpResponse<String> send(HttpRequest request) throws Exception;
    }

    /** L'exercice 3 : le corps entier, ou une exception quand la durée est passée. */
    @FunctionalInterface
    public interface Within {
        String get(URI uri, Duration limit) throws Exception;
    }

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int PLACES = 4;
    private static final int ATTEMPTS = 4;

    private HttpExercises() {}

    public static Verdict statuses(Statuses answer) throws InterruptedException {
        return onSite("vous demandez beaucoup d’adresses sans jamais dépasser la limite.", LIMIT, site -> {
            var crowd = new CountDownLatch(PLACES);
            site.page("/page", exchange -> {
                crowd.countDown();
                crowd.await(1, TimeUnit.SECONDS);              // attend d'être en nombre ; seul, renonce
                var number = Integer.parseInt(exchange.getRequestURI().getQuery());
                Thread.sleep(60 + 20 * (12 - number));         // les premières demandées répondent les dernières
                Site.reply(exchange, status(number), "page " + number);
            });
            var uris = IntStream.range(0, 12).mapToObj(number -> site.uri("/page?" + number)).toList();
            var found = answer.of(uris, PLACES);
            var expected = IntStream.range(0, 12).mapToObj(HttpExercises::status).toList();
            require(found != null && !found.isEmpty(), "la liste rendue est vide. Il faut un code de réponse par adresse.");
            require(found.stream().noneMatch(Objects::isNull), "la liste rendue contient null : il manque le code d’une adresse.");
            require(site.most("/page") > 1,
                    "le serveur n’a jamais vu deux demandes à la fois. Donnez à chacune son thread virtuel, puis lisez les résultats.");
            require(site.most("/page") <= PLACES,
                    ("le serveur a vu %d demandes à la fois, au lieu de %d au plus. Toutes doivent partager le même Throttle, et garder "
                            + "leur place jusqu’à la réponse.").formatted(site.most("/page"), PLACES));
            require(found.size() == expected.size(),
                    "la liste a %d codes pour %d adresses. Une réponse 404 ou 500 compte aussi.".formatted(found.size(), uris.size()));
            require(!found.stream().sorted().toList().equals(expected.stream().sorted().toList()) || found.equals(expected),
                    "les codes ne sont pas dans l’ordre des adresses : rangez-les par adresse, non par ordre d’arrivée.");
            require(found.equals(expected), "les codes rendus sont %s, au lieu de %s.".formatted(found, expected));
            require(site.most("/page") == PLACES, "le serveur n’a vu que %d demandes à la fois, alors que %d places étaient permises."
                    .formatted(site.most("/page"), PLACES));
            require(site.visits("/page").size() == uris.size(),
                    "le serveur a reçu %d demandes pour %d adresses.".formatted(site.visits("/page").size(), uris.size()));
        });
    }

    private static int status(int number) {
        return number == 3 ? 404 : number == 7 ? 500 : 200;
    }

    public static Verdict patient(Patient answer) throws InterruptedException {
        return onSite("vous réessayez quand c’est utile, de moins en moins vite, et pas pour toujours.", LIMIT, site -> {
            var gone = calls(site, "/absente", 404, 404);
            require(answer.send(get(site, "/absente")) != null, "votre méthode ne rend pas encore de réponse.");
            require(gone.size() == 1,
                    ("une page absente (404) a été demandée %d fois : le serveur a répondu, et répondra de même. Réessayez seulement "
                            + "après un 503.").formatted(gone.size()));

            var down = calls(site, "/panne", 503, 503);
            var last = answer.send(get(site, "/panne"));
            require(down.size() > 1, "après un 503, la demande n’a pas été répétée.");
            require(down.size() <= ATTEMPTS,
                    "le serveur a reçu %d demandes au lieu de %d au plus : il faut savoir renoncer.".formatted(down.size(), ATTEMPTS));
            require(down.size() == ATTEMPTS,
                    "le serveur a reçu %d demandes : faites %d essais en tout avant de renoncer.".formatted(down.size(), ATTEMPTS));
            require(last != null && last.statusCode() == 503, "quand tous les essais échouent, rendez la dernière réponse (503).");
            require(gap(down, 0) >= 0.09,
                    "entre deux essais, votre code n’attend pas assez : la première pause est de 100 ms, et elle double.");
            require(gap(down, 1) >= 0.19 && gap(down, 2) >= 0.38,
                    "les pauses ne doublent pas : il faut 100, 200, puis 400 ms ; le serveur a mesuré %.0f, %.0f, puis %.0f ms."
                            .formatted(1000 * gap(down, 0), 1000 * gap(down, 1), 1000 * gap(down, 2)));

            var busy = calls(site, "/occupee", 503, 200);
            var found = answer.send(get(site, "/occupee"));
            require(busy.size() == 2 && found != null && found.statusCode() == 200,
                    "la page qui répond 503 puis 200 a été demandée %d fois : arrêtez-vous à la première réponse qui n’est pas un 503."
                            .formatted(busy.size()));

            var later = calls(site, "/plus-tard", 503, 200, "Retry-After", "1");
            answer.send(get(site, "/plus-tard"));
            require(later.size() == 2 && gap(later, 0) >= 0.98,
                    "le serveur demandait d’attendre une seconde (Retry-After: 1) ; vous êtes revenu après %.0f ms."
                            .formatted(later.size() < 2 ? 0 : 1000 * gap(later, 0)));

            var order = calls(site, "/commande", 503, 503);
            answer.send(HttpRequest.newBuilder(site.uri("/commande")).POST(BodyPublishers.ofString("un café")).build());
            require(order.size() == 1, "un POST a été envoyé %d fois : le client risque %d cafés. Répétez seulement les demandes « GET »."
                    .formatted(order.size(), order.size()));
        });
    }

    public static Verdict within(Within answer) throws InterruptedException {
        return onSite("votre limite couvre toute la réponse, et l’échange est fermé quand elle est passée.", Duration.ofSeconds(10),
                site -> {
                    site.page("/lente", exchange -> {
                        exchange.sendResponseHeaders(200, 0);
                        for (var part : List.of("à ", "petits ", "pas")) {
                            write(exchange, part);
                            Thread.sleep(100);
                        }
                    }).page("/sans-fin", exchange -> {
                        exchange.sendResponseHeaders(200, 0);
                        while (true) {
                            write(exchange, "encore ");
                            Thread.sleep(50);
                        }
                    });
                    require("à petits pas".equals(answer.get(site.uri("/lente"), Duration.ofSeconds(10))),
                            "la page lente mais dans les temps doit être rendue en entier : « à petits pas ».");
                    Exception late = null;
                    String body = null;
                    try {
                        body = answer.get(site.uri("/sans-fin"), Duration.ofMillis(500));
                    } catch (Exception e) {
                        late = e;
                    }
                    require(late != null, "la page sans fin a rendu « %s » : quand la durée est passée, lancez une exception."
                            .formatted(body == null ? "null" : body.strip().split(" ")[0] + "…"));
                    require(isTimeout(late), "quand la durée est passée, lancez TimeoutException ; votre code lance "
                            + late.getClass().getSimpleName() + ".");
                    require(site.awaitNobody("/sans-fin", Duration.ofSeconds(4)),
                            "votre méthode a rendu la main, mais le serveur écrit toujours : l’échange est resté ouvert. Annulez la "
                                    + "future que sendAsync a rendue.");
                });
    }

    private static boolean isTimeout(Throwable failure) {
        return switch (failure) {
            case ExecutionException e when e.getCause() != null -> isTimeout(e.getCause());
            case CompletionException e when e.getCause() != null -> isTimeout(e.getCause());
            default -> failure instanceof TimeoutException || failure instanceof HttpTimeoutException;
        };
    }

    /** Une page qui répond {@code first}, puis {@code next} les fois suivantes ; rend ses instants d'arrivée et de départ, en paires. */
    private static List<long[]> calls(Site site, String path, int first, int next, String... header) {
        var calls = new CopyOnWriteArrayList<long[]>();
        site.page(path, exchange -> {
            var arrival = System.nanoTime();
            if (calls.isEmpty() && header.length == 2) exchange.getResponseHeaders().set(header[0], header[1]);
            // au dixième essai, la page guérit : une boucle sans fin finit quand même
            var status = calls.isEmpty() ? first : calls.size() < 10 ? next : 200;
            calls.add(new long[] {arrival, System.nanoTime()});
            Site.reply(exchange, status, "essai " + calls.size());
        });
        return calls;
    }

    /** Les secondes entre le départ de cette réponse et l'arrivée de la demande suivante. */
    private static double gap(List<long[]> calls, int index) {
        return (calls.get(index + 1)[0] - calls.get(index)[1]) / 1e9;
    }

    private static HttpRequest get(Site site, String path) {
        return HttpRequest.newBuilder(site.uri(path)).build();
    }

    private static void write(HttpExchange exchange, String text) throws IOException {
        exchange.getResponseBody().write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
    }

    /** Ce qu'une vérification fait de son site. */
    private interface Visit {
        void to(Site site) throws Exception;
    }

    /** La vérification, sur un site neuf ; il est fermé à la fin, même quand la réponse de l'élève reste bloquée. */
    private static Verdict onSite(String success, Duration limit, Visit steps) throws InterruptedException {
        try (var site = open()) {
            return check(success, limit, () -> steps.to(site));
        }
    }

    private static Site open() {
        try {
            return tryOpen();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Site tryOpen() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return Site.on(server);
    }
}
