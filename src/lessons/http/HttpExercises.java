//SOURCES ../Exercise.java ../Scenes.java ../Patience.java
package lessons.http;

import static lessons.Exercise.*;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Collections;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import lessons.Patience;
import lessons.Scenes;

/** Les vérifications de la leçon 4. Chacune ouvre son propre site, compte ce qu'il voit, et le ferme. */
public final class HttpExercises {

    private static final String NEVER_TWO =
            "le serveur n’a jamais vu deux demandes à la fois. Lancez toutes les tâches, puis lisez leurs résultats.";

    /** L'exercice 1 : les codes de réponse, dans l'ordre des pages, avec au plus {@code places} demandes à la fois. */
    @FunctionalInterface
    public interface Statuses {
        List<Integer> of(List<Callable<Integer>> pages, int places) throws Exception;
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

    private static final Duration LIMIT = Duration.ofSeconds(30);      // un filet : chaque scène a sa limite, bien plus courte
    private static final int PLACES = 4;
    private static final int PAGES = 12;
    private static final int ATTEMPTS = 4;
    private static final int RACING_PAGES = 10_000;
    private static final int RACING_ROUNDS = 6;
    private static final Duration RACING_TIME = Duration.ofMillis(1800);
    private static final Duration ENOUGH = Duration.ofMillis(300);     // pour un tour
    private static final String SLOW = "trop lent";

    private HttpExercises() {}

    public static Verdict statuses(Statuses answer) throws InterruptedException {
        return onSite("vous demandez beaucoup de pages sans jamais dépasser la limite. Comparez avec la solution : qui range les codes ?",
                (site, scenes) -> {
                    site.page("/page", crowded());
                    List<Integer> found;
                    try (var client = HttpClient.newHttpClient()) {
                        try {
                            var pages = IntStream.range(0, PAGES).mapToObj(number -> page(client, site, number)).toList();
                            found = scenes.play(Duration.ofMillis(3500), () -> stuck(site), () -> answer.of(pages, PLACES));
                        } finally {
                            client.shutdownNow();                 // les demandes abandonnées
                        }
                    }
                    require(found != null && !found.isEmpty(), "la liste rendue est vide. Il faut un code de réponse par page.");
                    checkCrowd(site);
                    checkSharing(answer);
                    checkCodes(found, site);
                });
    }

    /** Douze pages : les premières demandées répondent les dernières. */
    private static Site.Page crowded() {
        var crowd = new CountDownLatch(PLACES);
        var alone = new AtomicBoolean();
        return exchange -> {
            crowd.countDown();
            // attend d'être en nombre ; le premier qui reste seul renonce pour tous
            if (!alone.get() && !new Patience(Duration.ofSeconds(1)).await(crowd)) alone.set(true);
            var number = Integer.parseInt(exchange.getRequestURI().getQuery());
            Thread.sleep(30 + 10 * (PAGES - number));
            Site.reply(exchange, status(number), "page " + number);
        };
    }

    private static int status(int number) {
        return number == 3 ? 404 : number == 7 ? 500 : 200;
    }

    private static Callable<Integer> page(HttpClient client, Site site, int number) {
        var request = HttpRequest.newBuilder(site.uri("/page?" + number)).build();
        return () -> client.send(request, BodyHandlers.discarding()).statusCode();
    }

    private static String stuck(Site site) {
        if (site.active("/page") > 0 && site.most("/page") == 1) return NEVER_TWO;
        var served = site.visits("/page").size() - site.active("/page");
        var start = "le serveur a servi %d pages sur %d, ".formatted(served, PAGES);
        if (site.active("/page") > 0 || served == PAGES) return start + "et votre méthode n’a pas fini en 3,5 secondes. Qu’attend-elle ?";
        return start + "puis plus rien n’est venu : vos tâches attendent une place. Chaque « enter » a-t-il son « close » ?";
    }

    private static void checkCrowd(Site site) {
        var most = site.most("/page");
        require(most > 1, NEVER_TWO);
        require(most <= PLACES, ("le serveur a vu %d demandes à la fois, au lieu de %d au plus. Toutes doivent partager le même "
                + "Throttle, et garder leur place jusqu’à la réponse.").formatted(most, PLACES));
    }

    /**
     * La même réponse, devant beaucoup de pages sans réseau, qui finissent deux par deux au même instant : une collection ordinaire, que
     * plusieurs threads remplissent, y perd quelque chose. Plusieurs fois de suite, car une machine occupée peut retenir l'un des deux ;
     * et d'autant plus de fois qu'elle est occupée.
     */
    private static void checkSharing(Statuses answer) throws Exception {
        var scenes = new Scenes();
        int slowness = Patience.slowness();
        var end = System.nanoTime() + slowness * RACING_TIME.toNanos();
        int most = 10 * slowness * RACING_ROUNDS;
        for (int round = 0; round < RACING_ROUNDS || round < most && System.nanoTime() < end; round++) {
            if (scenes.left().compareTo(ENOUGH) < 0) return;      // une machine trop lente ne dit rien de la réponse
            race(answer, scenes);
        }
    }

    private static void race(Statuses answer, Scenes scenes) throws Exception {
        var pairs = new Pairs();
        Callable<Integer> page = () -> {
            pairs.meet();
            return 200;
        };
        var shared =
                " : plusieurs threads remplissent la même collection, qui n’est pas faite pour cela. Que chaque tâche rende son code ; "
                        + "un seul thread les range.";
        List<Integer> found;
        try {
            found = scenes.play(scenes.left(), () -> SLOW, () -> answer.of(Collections.nCopies(RACING_PAGES, page), PLACES));
        } catch (Exception e) {
            if (SLOW.equals(e.getMessage())) return;
            var broken = broken(e);
            require(broken == null, "devant %d pages, votre code lance %s%s".formatted(RACING_PAGES, broken, shared));
            throw e;
        }
        var lost = RACING_PAGES - found.stream().filter(Objects::nonNull).count();
        require(lost == 0, "devant %d pages, il manque %d codes%s".formatted(RACING_PAGES, lost, shared));
    }

    /** Le nom de l'exception qu'une collection abîmée lance ; null, si c'en est une autre. */
    private static String broken(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause())
            if (cause instanceof IndexOutOfBoundsException || cause instanceof NullPointerException || cause instanceof ClassCastException
                    || cause instanceof ConcurrentModificationException)
                return cause.getClass().getSimpleName();
        return null;
    }

    private static void checkCodes(List<Integer> found, Site site) {
        var expected = IntStream.range(0, PAGES).mapToObj(HttpExercises::status).toList();
        require(found.stream().noneMatch(Objects::isNull), "la liste rendue contient null : il manque le code d’une page.");
        require(found.size() == expected.size(),
                "la liste a %d codes pour %d pages. Une réponse 404 ou 500 compte aussi.".formatted(found.size(), PAGES));
        require(!found.stream().sorted().toList().equals(expected.stream().sorted().toList()) || found.equals(expected),
                "les codes ne sont pas dans l’ordre des pages : rangez-les par page, non par ordre d’arrivée.");
        require(found.equals(expected), "les codes rendus sont %s, au lieu de %s.".formatted(found, expected));
        require(site.most("/page") == PLACES, "le serveur n’a vu que %d demandes à la fois, alors que %d places étaient permises."
                .formatted(site.most("/page"), PLACES));
        require(site.visits("/page").size() == PAGES,
                "le serveur a reçu %d demandes pour %d pages.".formatted(site.visits("/page").size(), PAGES));
    }

    public static Verdict patient(Patient answer) throws InterruptedException {
        return onSite("vous réessayez quand c’est utile, de moins en moins vite, et pas pour toujours. Il reste à ajouter le hasard.",
                (site, scenes) -> {
                    var gone = calls(site, "/absente", 404, 404);
                    require(play(scenes, answer, get(site, "/absente"), gone) != null, "votre méthode ne rend pas encore de réponse.");
                    require(gone.size() == 1,
                            ("une page absente (404) a été demandée %d fois : le serveur a répondu, et répondra de même. Réessayez "
                                    + "seulement après un 503.").formatted(gone.size()));

                    var down = calls(site, "/panne", 503, 503);
                    var last = play(scenes, answer, get(site, "/panne"), down);
                    require(down.size() > 1, "après un 503, la demande n’a pas été répétée.");
                    require(down.size() <= ATTEMPTS, "le serveur a reçu %d demandes au lieu de %d au plus : il faut savoir renoncer."
                            .formatted(down.size(), ATTEMPTS));
                    require(down.size() == ATTEMPTS, "le serveur a reçu %d demandes : faites %d essais en tout avant de renoncer."
                            .formatted(down.size(), ATTEMPTS));
                    require(last != null && last.statusCode() == 503, "quand tous les essais échouent, rendez la dernière réponse (503).");
                    require(gap(down, 0) >= 0.09,
                            "entre deux essais, votre code n’attend pas assez : la première pause est de 100 ms, et elle double.");
                    require(gap(down, 1) >= 0.19 && gap(down, 2) >= 0.38,
                            "les pauses ne doublent pas : il faut 100, 200, puis 400 ms ; le serveur a mesuré %.0f, %.0f, puis %.0f ms."
                                    .formatted(1000 * gap(down, 0), 1000 * gap(down, 1), 1000 * gap(down, 2)));

                    var busy = calls(site, "/occupee", 503, 200);
                    var found = play(scenes, answer, get(site, "/occupee"), busy);
                    require(busy.size() == 2 && found != null && found.statusCode() == 200,
                            "la page qui répond 503 puis 200 a été demandée %d fois : arrêtez-vous à la première autre réponse."
                                    .formatted(busy.size()));

                    var later = calls(site, "/plus-tard", 503, 200, "Retry-After", "1");
                    play(scenes, answer, get(site, "/plus-tard"), later);
                    require(later.size() == 2 && gap(later, 0) >= 0.98,
                            "le serveur demandait d’attendre une seconde (Retry-After: 1) ; vous êtes revenu après %.0f ms."
                                    .formatted(later.size() < 2 ? 0 : 1000 * gap(later, 0)));

                    var order = calls(site, "/commande", 503, 503);
                    var post = HttpRequest.newBuilder(site.uri("/commande")).POST(BodyPublishers.ofString("un café")).build();
                    play(scenes, answer, post, order);
                    require(order.size() == 1,
                            "un POST a été envoyé %d fois : le client risque %d cafés. Répétez seulement les demandes « GET »."
                                    .formatted(order.size(), order.size()));
                });
    }

    private static HttpResponse<String> play(Scenes scenes, Patient answer, HttpRequest request, List<long[]> calls) throws Exception {
        return scenes.play(Duration.ofMillis(2500), () -> ("la page %s vous retient : votre méthode n’a pas rendu la main en 2,5 secondes "
                + "(demandes reçues : %d). Combien de temps dort-elle ?").formatted(request.uri().getPath(), calls.size()),
                () -> answer.send(request));
    }

    public static Verdict within(Within answer) throws InterruptedException {
        return onSite("votre limite couvre toute la réponse, et l’échange est fermé quand elle est passée.", (site, scenes) -> {
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
            var whole = scenes.play(Duration.ofSeconds(2),
                    () -> "la page lente a tout envoyé en 0,3 seconde, et votre méthode l’attend encore.",
                    () -> answer.get(site.uri("/lente"), Duration.ofSeconds(10)));
            require("à petits pas".equals(whole), "la page lente mais dans les temps doit être rendue en entier : « à petits pas ».");
            checkEndless(answer, site, scenes);
        });
    }

    private static void checkEndless(Within answer, Site site, Scenes scenes) throws Exception {
        var held = new AtomicBoolean();
        Exception late = null;
        String body = null;
        try {
            body = scenes.play(Duration.ofMillis(2500), () -> {
                held.set(true);
                return "la page sans fin vous retient : la limite était de 0,5 seconde, et votre méthode attend encore deux secondes plus "
                        + "tard. Jusqu’à Java 25, « timeout » ne couvre que l’attente des en-têtes.";
            }, () -> answer.get(site.uri("/sans-fin"), Duration.ofMillis(500)));
        } catch (Exception e) {
            if (held.get()) throw e;
            late = e;
        }
        require(late != null, "la page sans fin a rendu « %s » : quand la durée est passée, lancez une exception."
                .formatted(body == null ? "null" : body.strip().split(" ")[0] + "…"));
        require(isTimeout(late), "quand la durée est passée, lancez TimeoutException ; votre code lance "
                + late.getClass().getSimpleName() + ".");
        require(awaitNobody(site), stillOpen(late));
    }

    private static boolean awaitNobody(Site site) throws InterruptedException {
        for (var patience = new Patience(Duration.ofMillis(1500)); patience.lasts();)
            if (site.awaitNobody("/sans-fin", patience.left())) return true;
        return false;
    }

    /** Une future que {@code orTimeout} a terminée rend sa TimeoutException dans une autre ; celle de {@code get} arrive seule. */
    private static String stillOpen(Exception late) {
        var open = "votre méthode a rendu la main, mais le serveur écrit toujours : l’échange est resté ouvert. ";
        if (late instanceof TimeoutException) return open + "Annulez la future que sendAsync a rendue, tant qu’elle n’est pas finie.";
        return open + "« orTimeout » a terminé lui-même la future ; l’annuler ensuite ne fait plus rien, car elle est déjà finie. Limitez "
                + "plutôt l’attente, avec « get » et une durée, puis annulez la future que sendAsync a rendue.";
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
            // au septième essai, la page guérit : une boucle sans fin finit quand même
            var status = calls.isEmpty() ? first : calls.size() < 6 ? next : 200;
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
        void to(Site site, Scenes scenes) throws Exception;
    }

    /** La vérification, sur un site neuf ; il est fermé à la fin, même quand la réponse de l'élève reste bloquée. */
    private static Verdict onSite(String success, Visit steps) throws InterruptedException {
        try (var site = open()) {
            return check(success, LIMIT, () -> steps.to(site, new Scenes()));
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
