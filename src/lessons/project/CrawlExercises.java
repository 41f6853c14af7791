//SOURCES ../Exercise.java
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

/** Les vérifications du projet qui regardent quelles pages sont demandées, et combien à la fois : étapes 1, 2 et 7. */
public final class CrawlExercises {

    /** L'étape 1 : le code de chaque page que l'on atteint, l'une après l'autre. */
    @FunctionalInterface
    public interface OneByOne {
        Map<URI, Integer> crawl(URI start, Fetch fetch) throws Exception;
    }

    /** L'étape 2 : pareil, avec au plus {@code places} demandes à la fois. */
    @FunctionalInterface
    public interface Crawl {
        Map<URI, Integer> crawl(URI start, Fetch fetch, int places) throws Exception;
    }

    /** L'étape 7 : ces pages, données à {@code found} à mesure qu'elles arrivent. */
    @FunctionalInterface
    public interface Recheck {
        void recheck(List<URI> uris, Fetch fetch, int places, Found found) throws Exception;
    }

    private static final int PLACES = 4;
    private static final int SHARED = 400;                        // liens que deux pages ont en commun
    private static final Duration SHORT = Duration.ofMillis(1500);

    private CrawlExercises() {}

    public static Verdict oneByOne(OneByOne answer) throws InterruptedException {
        return Trial.on("chaque page est demandée une seule fois, et vous connaissez les liens morts.", trial -> {
            trial.site.page("/", reply -> reply.page("/a", "/b", "/a", "/morte")).page("/a", reply -> reply.page("/", "/b#bas", "/c"))
                    .page("/b", reply -> reply.page("/b", "/morte", "/a")).page("/c", reply -> reply.page("/d"))
                    .page("/d", reply -> reply.page("/a", "/morte2"));
            var expected = codes(trial, Map.of("/", 200, "/a", 200, "/b", 200, "/c", 200, "/d", 200, "/morte", 404, "/morte2", 404));
            var attempt = Trial.attempt(Duration.ofSeconds(3), () -> answer.crawl(trial.site.uri("/"), trial::fetch));
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

    /** Le serveur retient ses premières réponses jusqu'à ce que quatre demandes soient là ; puis une longue chaîne de pages. */
    private static void crowd(Trial trial, Crawl answer) throws Exception {
        var expected = site(trial, new CountDownLatch(PLACES));
        var attempt = Trial.attempt(Duration.ofMillis(2500), () -> {
            var found = answer.crawl(trial.site.uri("/"), trial::fetch, PLACES);
            var left = trial.site.active();                       // encore servies quand la méthode rend la main
            require(left == 0 || found == null || found.size() >= expected.size(),
                    "votre méthode rend son résultat alors que %d demandes sont encore en cours : attendez-les.".formatted(left));
            return found;
        });
        require(trial.site.most() <= PLACES,
                ("le serveur a vu %d demandes à la fois, au lieu de %d au plus. Toutes doivent partager le même régulateur, et garder leur "
                        + "place jusqu’à la réponse.").formatted(trial.site.most(), PLACES));
        requireOnce(trial, "Une page est « vue » dès qu’on décide de la demander, sans attendre sa réponse.");
        require(trial.site.most() != 1,
                "le serveur n’a jamais vu deux demandes à la fois. Lancez une demande par lien trouvé avant d’attendre la première.");
        require(attempt.finished() || trial.site.active() > 0,
                "plus aucune demande n’est en cours, et votre code attend toujours. Une tâche garde-t-elle sa place pendant qu’elle en "
                        + "attend d’autres ? Compte-t-on une réponse qui ne viendra pas ?");
        requireResult(attempt, expected);
        require(trial.site.most() == PLACES, "le serveur n’a vu que %d demandes à la fois, alors que %d places étaient permises."
                .formatted(trial.site.most(), PLACES));
    }

    private static Map<URI, Integer> site(Trial trial, CountDownLatch crowd) {
        var hub = IntStream.range(0, 10).mapToObj(number -> "/p" + number).toList();
        DemoSite.Behaviour held = reply -> {
            crowd.countDown();
            crowd.await(500, TimeUnit.MILLISECONDS);              // seule, renonce
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

    /** Deux pages, reçues au même instant, ont les mêmes liens : deux threads les découvrent du même pas. Sans serveur : pages en mémoire. */
    private static void sharedLinks(Crawl answer) throws Exception {
        var root = URI.create("http://site/");
        var pair = List.of(root.resolve("/a"), root.resolve("/b"));
        var links = IntStream.range(0, SHARED).mapToObj(number -> root.resolve("/l" + number)).toList();
        var asked = new ConcurrentHashMap<URI, AtomicInteger>();
        var together = new CyclicBarrier(2);
        var reading = new Lockstep(SHARED);
        var answering = new Lockstep(SHARED);
        var order = new AtomicInteger();
        Fetch fetch = uri -> {
            asked.computeIfAbsent(uri, _ -> new AtomicInteger()).incrementAndGet();
            if (uri.equals(root)) return new Page(uri, 200, pair);
            if (!pair.contains(uri)) {
                answering.at(order.getAndIncrement() / 2 % SHARED);
                return new Page(uri, 200, List.of());
            }
            try {
                together.await(500, TimeUnit.MILLISECONDS);
            } catch (TimeoutException | java.util.concurrent.BrokenBarrierException alone) {
                // elles n'ont pas été demandées ensemble
            }
            return new Page(uri, 200, reading.list(links));
        };
        var attempt = Trial.attempt(SHORT, () -> answer.crawl(root, fetch, 2));
        var twice = asked.values().stream().filter(count -> count.get() > 1).count();
        require(twice == 0, ("deux threads trouvent les mêmes liens au même instant, et %d pages sur %d sont demandées deux fois. Entre « y "
                + "est-elle ? » et « ajoutons-la », l’autre passe ; et un HashSet ou une HashMap ne supporte pas deux threads. Faites les "
                + "deux d’un seul geste sûr, ou gardez l’ensemble pour un seul thread.").formatted(twice, SHARED));
        require(attempt.finished(), "quand deux threads trouvent les mêmes liens au même instant, votre code ne finit plus. Que partagent-ils ?");
        require(!(attempt.origin() instanceof RuntimeException), "quand deux threads trouvent les mêmes liens au même instant, votre code "
                + "lance " + name(attempt.origin()) + ". Que partagent-ils ?");
        attempt.rethrow();
        var size = attempt.value() == null ? 0 : attempt.value().size();
        require(asked.size() == SHARED + 3, "quand deux threads trouvent les mêmes liens au même instant, %d pages ne sont jamais demandées. "
                .formatted(SHARED + 3 - asked.size()) + "Que partagent-ils ?");
        require(size == asked.size(), ("toutes les pages ont été demandées, mais %d manquent dans votre résultat, ou y sont de trop : "
                + "plusieurs threads y écrivent à la fois, et une HashMap ne le supporte pas.").formatted(Math.abs(asked.size() - size)));
    }

    private static void unexpected(Crawl answer) throws Exception {
        var root = URI.create("http://site/");
        Fetch fetch = uri -> {
            if (!uri.equals(root)) throw new IllegalStateException("panne imprévue");
            return new Page(uri, 200, List.of(root.resolve("/a")));
        };
        var attempt = Trial.attempt(SHORT, () -> answer.crawl(root, fetch, 2));
        require(attempt.finished(), "quand fetch lance une exception, votre méthode attend pour toujours une réponse qui ne viendra pas.");
        require(attempt.failure() != null, "fetch a lancé une exception, et personne ne l’a su : relisez la réponse de chaque tâche (get).");
    }

    public static Verdict recheck(Recheck answer) throws InterruptedException {
        return Trial.on("chaque page est montrée dès qu’elle arrive, par un seul thread : la barre dit vrai.", trial -> {
            var paths = IntStream.range(0, 9).mapToObj(number -> "/p" + number).toList();
            var others = new CountDownLatch(paths.size() - 1);
            var crowd = new CountDownLatch(3);
            var late = new AtomicBoolean();
            for (var path : paths)
                trial.site.page(path, reply -> {
                    crowd.countDown();
                    crowd.await(500, TimeUnit.MILLISECONDS);
                    if (path.equals("/p0") && !others.await(1500, TimeUnit.MILLISECONDS)) late.set(true);
                    if (path.equals("/p4")) reply.status(404);
                    else reply.page();
                });
            var found = Collections.synchronizedList(new ArrayList<URI>());
            var threads = ConcurrentHashMap.<Thread>newKeySet();
            var wrong = Collections.synchronizedList(new ArrayList<String>());
            Found listener = page -> {
                threads.add(Thread.currentThread());
                found.add(page.uri());
                if (page.code() != (page.uri().getPath().equals("/p4") ? 404 : 200)) wrong.add(page.uri().getPath());
                others.countDown();
            };
            var attempt = Trial.attempt(Duration.ofMillis(3500), () -> {
                answer.recheck(trial.uris(paths), trial::fetch, 3, listener);
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
            require(attempt.value() == paths.size(), "%d pages montrées quand votre méthode rend la main, au lieu de %d. Celle qui répond 404 "
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

    private static void requireResult(Trial.Attempt<Map<URI, Integer>> attempt, Map<URI, Integer> expected) throws Exception {
        require(attempt.finished(), "votre code n’a pas fini : qu’attend-il encore ?");
        attempt.rethrow();
        var found = attempt.value();
        require(found != null && !found.isEmpty(), "le résultat est vide : il faut le code de chaque page que l’on atteint.");
        var missing = new TreeMap<>(expected);
        missing.keySet().removeAll(found.keySet());
        require(missing.isEmpty(), "il manque %d adresses sur %d, dont %s. %s".formatted(missing.size(), expected.size(),
                missing.keySet().stream().map(URI::getPath).findFirst().orElse(""),
                missing.containsValue(200) ? "Suivez les liens de chaque page que vous recevez, et attendez toutes les réponses."
                        : "Un lien mort est un résultat comme un autre : gardez son code."));
        var wrong = expected.keySet().stream().filter(uri -> !expected.get(uri).equals(found.get(uri))).findFirst();
        require(wrong.isEmpty(), "le code rendu pour %s est %s, au lieu de %s.".formatted(wrong.map(URI::getPath).orElse(""),
                wrong.map(found::get).orElse(null), wrong.map(expected::get).orElse(null)));
        require(found.size() == expected.size(), "le résultat a %d adresses, au lieu de %d.".formatted(found.size(), expected.size()));
    }

    private static Map<URI, Integer> codes(Trial trial, Map<String, Integer> paths) {
        var codes = new HashMap<URI, Integer>();
        paths.forEach((path, code) -> codes.put(trial.site.uri(path), code));
        return codes;
    }

    private static String name(Throwable failure) {
        return failure == null ? "" : failure.getClass().getSimpleName();
    }
}
