//SOURCES ../Exercise.java ../Patience.java ../Deadline.java ../OpenResources.java
package lessons.project;

import static lessons.Exercise.require;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import lessons.Deadline;
import lessons.Exercise.Verdict;
import lessons.OpenResources;
import lessons.Patience;

/** Les vérifications du projet qui regardent le temps, les nouveaux essais et l'arrêt : étapes 3, 4 et 5. */
public final class LimitExercises {

    /** L'étape 3 : la page si elle est arrivée en entier avant la limite et avant l'échéance ; sinon, une page sans réponse. */
    @FunctionalInterface
    public interface Within {
        Page get(Link link, Duration limit, Deadline whole) throws Exception;
    }

    /** L'étape 4 : la page, après un à quatre essais. */
    @FunctionalInterface
    public interface Patient {
        Page get(Link link, Fetch fetch, Deadline whole) throws Exception;
    }

    /** L'étape 5 : donne chaque page à {@code found} ; interrompue, arrête tout. */
    @FunctionalInterface
    public interface Stoppable {
        void crawl(Link start, Fetch fetch, int places, Found found) throws Exception;
    }

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration BRIEF = Duration.ofMillis(300);
    private static final Duration GONE = Duration.ofMillis(1000); // le temps que le serveur apprenne un départ, et bien plus
    private static final int ATTEMPTS = 4;
    private static final Duration WHOLE = Duration.ofMillis(600);      // entre la deuxième pause et la troisième : jamais quatre essais
    private static final Duration ALL_PAUSES = Duration.ofMillis(680);

    private LimitExercises() {}

    // ---------------------------------------------------------------- étape 3

    public static Verdict within(Within answer) throws InterruptedException {
        return Trial.on("aucune page ne vous retient, l’échéance commune est tenue, et le serveur voit partir son client.", trial -> {
            trial.site.page("/bonne", reply -> {
                reply.pause(Duration.ofMillis(150));
                reply.page("/x", "/y");
            }).page("/sans-fin", Reply::forever).page("/coupee", Reply::cut);

            var good = within(trial, answer, "/bonne", LONG, LONG);
            require(good.code() == 200, "une page qui répond en 150 ms doit être rendue, avec son code 200 ; vous rendez le code "
                    + good.code() + ".");
            require(good.links().equals(trial.links(List.of("/x", "/y"))), "la page rendue a perdu ses liens : Page.of(réponse) les lit.");
            var missing = within(trial, answer, "/absente", LONG, LONG);
            require(missing.code() == 404, "une page absente a un code, 404 : le serveur a répondu. Vous rendez " + missing.code() + ".");
            require(within(trial, answer, "/coupee", LONG, LONG).code() == 0,
                    "une connexion coupée n’a pas de code : rendez Page.none(link).");

            var brief = Patience.stretched(BRIEF);
            late(answer, "/sans-fin", brief, LONG);
            late(answer, "/muette", brief, LONG);
            late(answer, "/sans-fin", LONG, brief);

            tooLate(trial, answer);
            interrupted(trial, answer);
        });
    }

    private static Page within(Trial trial, Within answer, String path, Duration limit, Duration whole) throws Exception {
        var attempt = Trial.attempt(Duration.ofMillis(2500), () -> answer.get(trial.site.link(path), limit, Deadline.in(whole)));
        require(attempt.finished(), "la page %s retient votre méthode.".formatted(path));
        if (!path.equals("/bonne"))
            require(!(attempt.failure() instanceof Exception), ("la page %s fait lancer %s à votre méthode. Une page "
                    + "qui ne répond pas est un résultat : rendez Page.none(link).").formatted(path, name(attempt.failure())));
        attempt.rethrow();
        require(attempt.value() != null, "votre méthode rend null : rendez une page, ou Page.none(link).");
        return attempt.value();
    }

    /** Une page qui n'arrivera pas : la réponse doit venir à temps, et le serveur voir partir son client. */
    private static void late(Within answer, String path, Duration limit, Duration whole) throws Exception {
        var brief = Collections.min(List.of(limit, whole));
        var silence = brief.multipliedBy(5).dividedBy(2);
        var open = true;
        for (int attempt = 1; open && attempt <= 3; attempt++)
            try (var site = DemoSite.open(Integer.MAX_VALUE)) {
                site.page("/sans-fin", Reply::forever).page("/muette", reply -> reply.silence(silence));
                var start = System.nanoTime();
                inTime(site, answer, path, limit, whole);
                open = !Trial.awaitNobody(site, path.equals("/muette") ? GONE.plus(silence) : GONE);
                // annulé au moment même où il commence, un échange de HttpClient reste parfois ouvert : on recommence
                if (open && site.visits().getLast().start() - start < brief.toNanos() / 3) break;
            }
        require(!open, ("votre méthode a rendu la main, mais le serveur sert toujours la page %s : l’échange est resté ouvert. Annulez la "
                + "future de sendAsync, tant qu’elle n’a pas échoué.").formatted(path));
    }

    private static void inTime(DemoSite site, Within answer, String path, Duration limit, Duration whole) throws Exception {
        var common = whole.compareTo(limit) < 0;
        var attempt = Trial.attempt(Duration.ofMillis(1500),
                () -> answer.get(site.link(path), limit, Deadline.in(whole)));
        require(attempt.finished(), common
                ? "l’échéance commune vient dans %d ms, la limite d’une page dans 30 s : votre méthode attend la plus lointaine."
                        .formatted(whole.toMillis())
                : "/sans-fin".equals(path) ? "une page qui répond puis n’en finit plus vous retient au-delà de la limite. La limite doit "
                        + "couvrir toute la réponse, pas seulement les en-têtes."
                : "une page muette vous retient au-delà de la limite.");
        require(!(attempt.origin() instanceof Exception), "la limite passée, votre méthode lance %s. Une page qui ne répond pas est un "
                .formatted(name(attempt.origin())) + "résultat : rendez Page.none(link).");
        require(attempt.value() != null && attempt.value().code() == 0,
                "la page %s n’est pas arrivée en entier : son code est 0, celui de Page.none(link).".formatted(path));
    }

    /**
     * L'échéance est passée avant l'appel. Une demande annulée aussitôt peut ne jamais arriver au serveur : c'est le client de l'élève qui
     * les compte, au moment où on les lui confie.
     */
    private static void tooLate(Trial trial, Within answer) throws Exception {
        var client = new Counted();
        OpenResources.close("client");                            // client() rendra le nôtre
        OpenResources.get("client", () -> HttpClient.newBuilder().proxy(client).build());
        try {
            trial.site.forget();
            var after = within(trial, answer, "/bonne", LONG, Duration.ofMillis(-1));
            require(client.asked.get() == 0 && trial.site.visits().isEmpty(),
                    "l’échéance commune était passée, et votre méthode envoie encore une demande.");
            require(after.code() == 0, "quand l’échéance commune est passée, rendez Page.none(link).");
        } finally {
            OpenResources.close("client");
        }
    }

    /** Un HttpClient demande par où passer pour chaque demande, avant de l'envoyer : toujours directement, et une de plus. */
    private static final class Counted extends ProxySelector {
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public List<Proxy> select(URI uri) {
            asked.incrementAndGet();
            return List.of(Proxy.NO_PROXY);
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException failure) {
            // sans mandataire, cela n'arrive pas
        }
    }

    private static void interrupted(Trial trial, Within answer) throws Exception {
        var running = Trial.start(() -> answer.get(trial.site.link("/sans-fin"), LONG, Deadline.in(LONG)));
        while (trial.site.active() == 0 && running.thread().isAlive()) Thread.sleep(5);
        Thread.sleep(150);                                        // la réponse a commencé
        running.thread().interrupt();
        var attempt = running.await(Duration.ofMillis(800));
        require(attempt.finished(), "interrompue, votre méthode attend encore.");
        require(attempt.origin() instanceof InterruptedException, "après une interruption, votre méthode rend une page sans réponse : "
                + "laissez passer InterruptedException, sinon personne ne saura arrêter le programme.");
        require(Trial.awaitNobody(trial.site, GONE), "interrompue, votre méthode laisse sa demande ouverte : le serveur écrit toujours.");
    }

    // ---------------------------------------------------------------- étape 4

    public static Verdict patient(Patient answer) throws InterruptedException {
        return Trial.on("vous réessayez ce qui peut guérir, de moins en moins vite, et jamais au-delà de l’échéance.", trial -> {
            trial.site.page("/panne", reply -> reply.status(503)).page("/coupee", Reply::cut)
                    .page("/fatiguee", DemoSite.tired(2)).page("/bonne", reply -> reply.page("/x"));
            require(ask(trial, answer, "/absente", LONG).code() == 404, "une page absente a le code 404 : rendez-la telle quelle.");
            requireTimes(trial, "/absente", 1, "le serveur a répondu, et répondra de même : un 404 ne se réessaie pas.");
            require(ask(trial, answer, "/bonne", LONG).links().size() == 1, "la bonne page doit être rendue avec ses liens.");
            requireTimes(trial, "/bonne", 1, "elle avait répondu.");

            var tired = ask(trial, answer, "/fatiguee", LONG);
            require(trial.site.visits("/fatiguee").size() > 1, "après un 503, la demande n’a pas été répétée.");
            require(tired.code() == 200, "une page qui répond 503 deux fois, puis 200, doit être rendue avec le code 200 ; vous rendez "
                    + tired.code() + ".");
            requireTimes(trial, "/fatiguee", 3, "arrêtez-vous à la première réponse qui n’est pas passagère.");

            var cut = ask(trial, answer, "/coupee", LONG);
            require(trial.site.visits("/coupee").size() > 1, "une connexion coupée (code 0) peut guérir, elle aussi : réessayez.");
            requireTimes(trial, "/coupee", ATTEMPTS, "quatre essais en tout, puis on renonce.");
            require(cut.code() == 0, "quand tous les essais échouent, rendez la dernière page reçue.");
            var calls = trial.site.visits("/coupee");
            var pauses = IntStream.range(1, ATTEMPTS).mapToLong(i -> (calls.get(i).start() - calls.get(i - 1).end()) / 1_000_000).toArray();
            require(pauses[0] >= 90, "entre deux essais, votre code n’attend pas assez : la première pause est de 100 ms, et elle double.");
            require(pauses[1] >= 190 && pauses[2] >= 380,
                    "les pauses ne doublent pas : il faut 100, 200, puis 400 ms ; le serveur a mesuré "
                            + "%d, %d, puis %d ms.".formatted(pauses[0], pauses[1], pauses[2]));

            var started = System.nanoTime();
            require(ask(trial, answer, "/panne", WHOLE).code() == 503, "à l’échéance, rendez la dernière page reçue.");
            require(trial.site.visits("/panne").size() < ATTEMPTS && !lasted(started, ALL_PAUSES),
                    "l’échéance vient dans 600 ms, et votre méthode a continué au-delà. Une pause qui finirait après l’échéance ne sert à "
                            + "rien : renoncez tout de suite.");
            stopped(answer);
        });
    }

    /** Vrai s'il s'est passé autant de temps, et que ce n'est pas la faute de la machine. */
    private static boolean lasted(long start, Duration duration) throws InterruptedException {
        var elapsed = Duration.ofNanos(System.nanoTime() - start);
        return elapsed.compareTo(duration) >= 0 && elapsed.compareTo(Patience.stretched(duration)) >= 0;
    }

    private static Page ask(Trial trial, Patient answer, String path, Duration whole) throws Exception {
        var attempt = Trial.attempt(Duration.ofMillis(2500), () -> {
            var calls = new AtomicInteger();
            // au dixième essai, plus rien ne bouge : une boucle sans pause ne noie pas le site
            return answer.get(trial.site.link(path), link -> {
                if (calls.incrementAndGet() > 10) new CountDownLatch(1).await();
                return trial.fetch(link);
            }, Deadline.in(whole));
        });
        var times = trial.site.visits(path).size();
        require(times <= ATTEMPTS || attempt.finished(), "le serveur a reçu plus de %d demandes de la page %s : il faut savoir renoncer."
                .formatted(ATTEMPTS, path));
        require(attempt.finished(), "la page %s retient votre méthode.".formatted(path));
        attempt.rethrow();
        require(attempt.value() != null, "votre méthode rend null : rendez la dernière page reçue.");
        return attempt.value();
    }

    private static void requireTimes(Trial trial, String path, int expected, String advice) {
        var times = trial.site.visits(path).size();
        require(times == expected, "la page %s a été demandée %d fois, au lieu de %d : %s".formatted(path, times, expected, advice));
    }

    /** Interrompue pendant une pause. */
    private static void stopped(Patient answer) throws Exception {
        var asked = new AtomicInteger();
        var first = new CountDownLatch(1);
        var running = Trial.start(() -> answer.get(new Link(URI.create("http://site/")), link -> {
            asked.incrementAndGet();
            first.countDown();
            return new Page(link, 503, List.of());
        }, Deadline.in(LONG)));
        new Patience(Duration.ofSeconds(1)).await(first);
        running.thread().interrupt();
        var attempt = running.await(Duration.ofMillis(1000));
        require(attempt.finished() && attempt.origin() instanceof InterruptedException,
                "interrompue pendant une pause, votre méthode continue ses essais : laissez passer InterruptedException.");
    }

    // ---------------------------------------------------------------- étape 5

    public static Verdict stoppable(Stoppable answer) throws InterruptedException {
        return Trial.on("interrompu, votre programme s’arrête, et le serveur ne reçoit plus rien.", trial -> {
            wholeSite(trial, answer);
            stopOne(trial, answer);
        });
    }

    /** Sans interruption, il doit toujours tout trouver. */
    private static void wholeSite(Trial trial, Stoppable answer) throws Exception {
        trial.site.page("/", reply -> reply.page("/a", "/b", "/c")).page("/a", reply -> reply.page("/", "/d"))
                .page("/b", reply -> reply.page("/d", "/absente")).page("/c", reply -> reply.page("/a"))
                .page("/d", reply -> reply.page("/b"));
        var found = new ConcurrentHashMap<String, AtomicInteger>();
        var codes = new ConcurrentHashMap<String, Integer>();
        var attempt = Trial.attempt(Duration.ofMillis(1500), () -> {
            answer.crawl(trial.site.link("/"), trial::fetch, 3, page -> {
                codes.put(page.link().path(), page.code());
                found.computeIfAbsent(page.link().path(), _ -> new AtomicInteger()).incrementAndGet();
            });
            return null;
        });
        require(attempt.finished(), "sans interruption, votre code n’a pas fini : qu’attend-il encore ?");
        attempt.rethrow();
        require(!found.isEmpty(), "found n’a reçu aucune page. Donnez-lui chaque page dès que vous connaissez son code.");
        require(found.keySet().equals(Set.of("/", "/a", "/b", "/c", "/d", "/absente")),
                "sans interruption, found n’a pas reçu toutes les pages : " + found.keySet() + ".");
        require(found.values().stream().allMatch(count -> count.get() == 1), "found a reçu deux fois la même page.");
        require(codes.get("/absente") == 404, "found doit recevoir le lien mort avec son code, 404.");
    }

    /** Trente pages d'une seconde, plus longues sur une machine occupée ; trois sont en cours quand l'ordre d'arrêt arrive. */
    private static void stopOne(Trial trial, Stoppable answer) throws Exception {
        var slowness = Patience.slowness();
        var paths = IntStream.range(0, 30).mapToObj(number -> "/page" + number).toArray(String[]::new);
        trial.site.page("/grand", reply -> reply.page(paths));
        for (var path : paths)
            trial.site.page(path, reply -> {
                reply.pause(Duration.ofSeconds(slowness));
                reply.page();
            });
        var running = Trial.start(() -> {
            answer.crawl(trial.site.link("/grand"), trial::fetch, 3, _ -> {});
            return Thread.currentThread().isInterrupted();
        });
        for (var patience = new Patience(Duration.ofMillis(700)); trial.site.active() < 3 && patience.lasts();) Thread.sleep(5);
        require(trial.site.active() > 0, "aucune demande n’est en cours : les pages de /grand n’ont pas été demandées.");
        Thread.sleep(150L * slowness);                            // leurs réponses ont commencé ; une quatrième viendrait aussi
        require(trial.site.most() <= 3, "le serveur a vu %d demandes à la fois, au lieu de 3 au plus.".formatted(trial.site.most()));
        var before = trial.site.visits().size();
        var watch = Deadline.in(Duration.ofMillis(1500L * slowness));     // plus long qu'une page : les suivantes seraient demandées
        running.thread().interrupt();
        trial.site.awaitNobody(Duration.ofMillis(600L * slowness));
        var left = trial.site.active();
        var attempt = running.await(watch.left());
        Thread.sleep(watch.left());
        var more = trial.site.visits().size() - before;
        require(more == 0, "après l’ordre d’arrêt, le serveur a encore reçu %d demandes. Qui les envoie ? Fermer un exécuteur, "
                .formatted(more) + "c’est attendre toutes ses tâches, même celles qui n’ont pas commencé.");
        require(left == 0, "après l’ordre d’arrêt, le serveur sert encore %d demandes : rien n’a interrompu les tâches qui les attendent."
                .formatted(left));
        require(attempt.finished(), "interrompue, votre méthode ne rend pas la main.");
        require(attempt.failure() != null || Boolean.TRUE.equals(attempt.value()),
                "tout s’est arrêté, mais celui qui appelle croit que tout est vérifié : laissez passer InterruptedException.");
        require(attempt.failure() == null || attempt.origin() instanceof InterruptedException, "interrompue, votre méthode lance "
                + name(attempt.origin()) + " : on attend InterruptedException.");
    }

    private static String name(Throwable failure) {
        return failure == null ? "" : failure.getClass().getSimpleName();
    }
}
