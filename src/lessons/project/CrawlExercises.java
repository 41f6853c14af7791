//SOURCES ../Exercise.java ../Patience.java
package lessons.project;

import static lessons.Exercise.require;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lessons.Exercise.Verdict;
import lessons.Patience;

/** Les vérifications du projet qui regardent quelles pages sont demandées, et combien à la fois : étapes 1, 2 et 7. */
public final class CrawlExercises {

    /** L'étape 1 : le code de chaque page que l'on atteint, l'une après l'autre. */
    @FunctionalInterface
    public interface OneByOne {
        Map<Link, Integer> crawl(Link start, Fetch fetch) throws Exception;
    }

    /** L'étape 2 : pareil, avec au plus {@code places} demandes à la fois. */
    @FunctionalInterface
    public interface Crawl {
        Map<Link, Integer> crawl(Link start, Fetch fetch, int places) throws Exception;
    }

    /** L'étape 7 : ces pages, données à {@code found} à mesure qu'elles arrivent. */
    @FunctionalInterface
    public interface Recheck {
        void recheck(List<Link> links, Fetch fetch, int places, Found found) throws Exception;
    }

    private static final int PLACES = 4;
    private static final int SHARED = 100;                        // liens que deux pages ont en commun
    private static final Duration SHORT = Duration.ofMillis(1500);
    private static final long CROWD = 300;                        // millisecondes, pour qu'une demande de trop arrive

    private CrawlExercises() {}

    public static Verdict oneByOne(OneByOne answer) throws InterruptedException {
        return Trial.on("chaque page est demandée une seule fois, et vous connaissez les liens morts.", trial -> {
            trial.site.page("/", reply -> reply.page("/a", "/b", "/a", "/morte")).page("/a", reply -> reply.page("/", "/b#bas", "/c"))
                    .page("/b", reply -> reply.page("/b", "/morte", "/a")).page("/c", reply -> reply.page("/d"))
                    .page("/d", reply -> reply.page("/a", "/morte2"));
            var expected = codes(trial, Map.of("/", 200, "/a", 200, "/b", 200, "/c", 200, "/d", 200, "/morte", 404, "/morte2", 404));
            var attempt = Trial.attempt(Duration.ofSeconds(3), () -> answer.crawl(trial.site.link("/"), trial::fetch));
            requireOnce(trial, "Notez les pages déjà vues : les liens d’un site tournent en rond.");
            requireResult(attempt, expected);
        });
    }

    public static Verdict crawl(Crawl answer) throws InterruptedException {
        return Trial.on("vos demandes vont ensemble, sans foule, et chaque page n’est demandée qu’une fois, même quand deux threads la "
                + "trouvent au même instant.", trial -> {
                    crowd(trial, answer);
                    sharedLinks(answer);
                    unexpected(answer);
                });
    }

    /** Le serveur retient ses premières réponses, le temps de voir si une demande de trop arrive ; puis une longue chaîne de pages. */
    private static void crowd(Trial trial, Crawl answer) throws Exception {
        var expected = site(trial, new CountDownLatch(PLACES + 1), CROWD * Patience.slowness());
        var attempt = Trial.attempt(Duration.ofMillis(3500), () -> {
            var found = answer.crawl(trial.site.link("/"), trial::fetch, PLACES);
            var left = trial.site.active();                       // encore servies quand la méthode rend la main
            require(left == 0 || found == null || found.size() >= expected.size(),
                    "votre méthode rend son résultat alors que %d demandes sont encore en cours : attendez-les.".formatted(left));
            return found;
        });
        require(trial.site.most() <= PLACES,
                ("le serveur a vu %d demandes à la fois, au lieu de %d au plus. Toutes doivent partager le même régulateur, et garder leur "
                        + "place jusqu’à la réponse.").formatted(trial.site.most(), PLACES));
        requireOnce(trial, "Une page est « vue » dès qu’on décide de la demander, sans attendre sa réponse.");
        if (attempt.finished()) requireResult(attempt, expected);
        require(trial.site.most() != 1,
                "le serveur n’a jamais vu deux demandes à la fois. Lancez une demande par lien trouvé avant d’attendre la première.");
        require(attempt.finished() || trial.site.active() > 0,
                "plus aucune demande n’est en cours, et votre code attend toujours. Une tâche garde-t-elle sa place pendant qu’elle en "
                        + "attend d’autres ? Compte-t-on une réponse qui ne viendra pas ?");
        require(attempt.finished(), "votre code n’a pas fini : qu’attend-il encore ?");
        require(trial.site.most() == PLACES, "le serveur n’a vu que %d demandes à la fois, alors que %d places étaient permises."
                .formatted(trial.site.most(), PLACES));
    }

    private static Map<Link, Integer> site(Trial trial, CountDownLatch crowd, long millis) {
        var hub = IntStream.range(0, 10).mapToObj(number -> "/p" + number).toList();
        DemoSite.Behaviour held = reply -> {
            crowd.countDown();
            crowd.await(millis, TimeUnit.MILLISECONDS);
            reply.pause(Duration.ofMillis(20));
            reply.page(Stream.concat(Stream.of("/", "/commune", "/chaine1"), hub.stream()).toArray(String[]::new));
        };
        var expected = new HashMap<>(Map.of("/", 200, "/commune", 200, "/morte", 404));
        trial.site.page("/", reply -> reply.page(hub.toArray(String[]::new))).page("/commune", reply -> reply.page("/morte"));
        for (var path : hub) {
            trial.site.page(path, held);
            expected.put(path, 200);
        }
        for (int link = 1; link <= 6; link++) {                   // plus longue que le nombre de places
            var next = "/chaine" + (link + 1);
            trial.site.page("/chaine" + link, reply -> reply.page(next));
            expected.put("/chaine" + link, 200);
        }
        expected.put("/chaine7", 404);
        return codes(trial, expected);
    }

    /**
     * Deux pages, reçues au même instant, ont les mêmes liens. Sans serveur : les pages sont en mémoire, et leurs liens font s'attendre les
     * threads qui les comparent. Les premiers sont surveillés ; les suivants laissent sa chance au hasard.
     */
    private static void sharedLinks(Crawl answer) throws Exception {
        var rendezvous = new Rendezvous();
        var root = watched("/", rendezvous);
        var asked = new ConcurrentHashMap<String, AtomicInteger>();
        var together = new CyclicBarrier(2, rendezvous::arm);
        Fetch fetch = link -> {
            asked.computeIfAbsent(link.path(), _ -> new AtomicInteger()).incrementAndGet();
            return switch (link.path()) {
                case "/" -> new Page(link, 200, List.of(watched("/suite", rendezvous)));
                case "/suite" -> new Page(link, 200, List.of(watched("/a", rendezvous), watched("/b", rendezvous)));
                case "/a", "/b" -> {
                    rendezvous.join(Thread.currentThread());
                    awaitOther(together);
                    yield new Page(link, 200, links(rendezvous));
                }
                default -> new Page(link, 200, List.of());
            };
        };
        var attempt = Trial.attempt(Duration.ofMillis(3000), () -> answer.crawl(root, fetch, 2));
        var twice = asked.values().stream().filter(count -> count.get() > 1).count();
        require(twice == 0,
                ("deux threads trouvent les mêmes liens au même instant, et des pages sont demandées deux fois (%d sur %d). Entre "
                        + "« y est-elle ? » et « ajoutons-la », l’autre passe. Faites les deux d’un seul geste sûr, ou gardez "
                        + "l’ensemble pour un seul thread.").formatted(twice, asked.size()));
        require(!rendezvous.question(),
                "deux threads trouvent les mêmes liens au même instant, et demandent chacun à la collection si elle les "
                        + "contient. Une collection synchronisée protège chaque appel, pas la suite des deux : entre contains et add, "
                        + "l’autre passe. Seule, "
                        + "add dit déjà si le lien était nouveau.");
        require(!rendezvous.clash(),
                "deux threads trouvent les mêmes liens au même instant, et modifient ensemble une collection qui ne le "
                        + "supporte pas (HashSet, HashMap, TreeMap…) : un jour, elle perdra une page. Prenez-en une faite pour cela, "
                        + "ou gardez-la pour un "
                        + "seul thread.");
        require(attempt.finished(),
                "deux threads trouvent les mêmes liens au même instant, et votre code ne finit plus. Que partagent-ils ?");
        attempt.rethrow();
        require(attempt.value() != null && attempt.value().size() == asked.size() && asked.size() == SHARED + 4,
                "deux threads trouvent les mêmes liens au même instant, et il manque des pages. Que partagent-ils ?");
    }

    private static void awaitOther(CyclicBarrier together) throws Exception {
        try {
            together.await(Patience.stretched(Duration.ofMillis(500)).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | BrokenBarrierException alone) {
            // elles n'ont pas été demandées ensemble
        }
    }

    private static List<Link> links(Rendezvous rendezvous) {
        return IntStream.range(0, SHARED).<Link>mapToObj(number -> number < 3 ? watched(Rendezvous.SHARED + number, rendezvous)
                : new Link(URI.create("http://site/autre" + number))).toList();
    }

    private static Link watched(String path, Rendezvous rendezvous) {
        return new WatchedLink(URI.create("http://site" + path), rendezvous);
    }

    private static void unexpected(Crawl answer) throws Exception {
        var root = new Link(URI.create("http://site/"));
        Fetch fetch = link -> {
            if (!link.equals(root)) throw new IllegalStateException("panne imprévue");
            return new Page(link, 200, List.of(new Link(URI.create("http://site/a"))));
        };
        var attempt = Trial.attempt(SHORT, () -> answer.crawl(root, fetch, 2));
        require(attempt.finished(), "quand fetch lance une exception, votre méthode attend pour toujours une réponse qui ne viendra pas.");
        require(attempt.failure() != null,
                "fetch a lancé une exception, et personne ne l’a su : relisez la réponse de chaque tâche (get).");
    }

    public static Verdict recheck(Recheck answer) throws InterruptedException {
        return Trial.on("chaque page est montrée dès qu’elle arrive, par un seul thread : la barre dit vrai.", trial -> {
            var paths = IntStream.range(0, 9).mapToObj(number -> "/p" + number).toList();
            var others = new CountDownLatch(paths.size() - 2);    // sans la première, ni celle qui n'existe pas
            var crowd = new CountDownLatch(4);                    // le temps de voir si une demande de trop arrive
            var late = new AtomicBoolean();
            var millis = CROWD * Patience.slowness();
            for (var path : paths)
                trial.site.page(path, reply -> {
                    crowd.countDown();
                    crowd.await(millis, TimeUnit.MILLISECONDS);
                    if (path.equals("/p0") && !new Patience(SHORT).await(others)) late.set(true);
                    if (path.equals("/p4")) reply.status(404);
                    else reply.page();
                });
            var found = Collections.synchronizedList(new ArrayList<Link>());
            var threads = ConcurrentHashMap.<Thread>newKeySet();
            var wrong = Collections.synchronizedList(new ArrayList<String>());
            Found listener = page -> {
                threads.add(Thread.currentThread());
                found.add(page.link());
                if (page.code() != (page.link().path().equals("/p4") ? 404 : 200)) wrong.add(page.link().path());
                if (page.code() == 200 && !page.link().path().equals("/p0")) others.countDown();
            };
            var attempt = Trial.attempt(Duration.ofMillis(3500), () -> {
                answer.recheck(trial.links(paths), trial::fetch, 3, listener);
                return found.size();
            });
            require(trial.site.most() > 0, "le serveur n’a reçu aucune demande : la barre avance, et rien n’est vérifié.");
            require(trial.site.most() <= 3, "le serveur a vu %d demandes à la fois, au lieu de 3 au plus.".formatted(trial.site.most()));
            require(trial.site.most() > 1, "le serveur n’a jamais vu deux demandes à la fois : lancez-les avant d’attendre la première.");
            require(threads.isEmpty() || threads.equals(Set.of(attempt.thread())),
                    "found est appelé par d’autres threads que le vôtre, peut-être par plusieurs à la fois. La barre n’en supporte qu’un : "
                            + "laissez les tâches demander, et montrez vous-même ce qu’elles rendent.");
            require(!late.get(), "la première page est lente, et les autres, arrivées avant elle, n’ont été montrées qu’après : la "
                    + "barre reste immobile, puis saute. Prenez les réponses dans l’ordre où elles arrivent.");
            require(attempt.finished(), "votre code n’a pas fini : qu’attend-il encore ?");
            attempt.rethrow();
            require(attempt.value() == paths.size(),
                    "%d pages montrées quand votre méthode rend la main, au lieu de %d. Celle qui répond 404 "
                            .formatted(attempt.value(), paths.size()) + "compte aussi.");
            require(Set.copyOf(found).size() == paths.size(), "une page a été montrée deux fois, et une autre jamais.");
            require(wrong.isEmpty(), "le code de " + wrong + " n’est pas celui de la réponse.");
            require(trial.site.most() == 3, "le serveur n’a vu que %d demandes à la fois, alors que 3 places étaient permises."
                    .formatted(trial.site.most()));
        });
    }

    private static void requireOnce(Trial trial, String advice) {
        var most = trial.mostAsked();
        require(most.getValue() <= 1, "le serveur a reçu %d demandes de la page %s. %s".formatted(most.getValue(), most.getKey(), advice));
    }

    private static void requireResult(Trial.Attempt<Map<Link, Integer>> attempt, Map<Link, Integer> expected) throws Exception {
        require(attempt.finished(), "votre code n’a pas fini : qu’attend-il encore ?");
        attempt.rethrow();
        var found = attempt.value();
        require(found != null && !found.isEmpty(), "le résultat est vide : il faut le code de chaque page que l’on atteint.");
        var missing = new TreeMap<>(expected);
        missing.keySet().removeAll(found.keySet());
        require(missing.isEmpty(), "il manque %d adresses sur %d, dont %s. %s".formatted(missing.size(), expected.size(),
                missing.keySet().stream().map(Link::path).findFirst().orElse(""),
                missing.containsValue(200)
                        ? "Suivez les liens de chaque page que vous recevez, et attendez toutes les réponses. (Un exécuteur "
                                + "que l’on a commencé à fermer refuse les tâches que d’autres tâches lui confient.)"
                        : "Un lien mort est un résultat comme un autre : gardez son code."));
        var wrong = expected.keySet().stream().filter(link -> !expected.get(link).equals(found.get(link))).findFirst();
        require(wrong.isEmpty(), "le code rendu pour %s est %s, au lieu de %s.".formatted(wrong.map(Link::path).orElse(""),
                wrong.map(found::get).orElse(null), wrong.map(expected::get).orElse(null)));
        require(found.size() == expected.size(), "le résultat a %d adresses, au lieu de %d.".formatted(found.size(), expected.size()));
    }

    private static Map<Link, Integer> codes(Trial trial, Map<String, Integer> paths) {
        var codes = new HashMap<Link, Integer>();
        paths.forEach((path, code) -> codes.put(trial.site.link(path), code));
        return codes;
    }
}
