//SOURCES ../Patience.java
package lessons.project;

import static lessons.Exercise.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import lessons.Exercise.Verdict;
import lessons.Patience;

/** Un site, un client, et la réponse d'un élève qui s'exécute à part : ce que le site a vu se lit même si elle n'en finit pas. */
final class Trial implements AutoCloseable {

    /** Un filet : chaque essai a sa limite, bien plus courte. */
    static final Duration LIMIT = Duration.ofSeconds(30);

    /** Ce que fait une vérification. */
    interface Steps {
        void run(Trial trial) throws Exception;
    }

    /**
     * Ce qu'une réponse a donné.
     *
     * @param thread celui où elle s'exécute encore, peut-être
     * @param failure ce qu'elle a lancé, ou null
     * @param finished faux si elle n'a pas fini à temps
     */
    record Attempt<T>(Thread thread, T value, Throwable failure, boolean finished) {

        /** Ce qu'elle a lancé, débarrassé des enveloppes : l'exception d'origine. */
        Throwable origin() {
            var origin = failure;
            while (origin instanceof ExecutionException && origin.getCause() != null) origin = origin.getCause();
            return origin;
        }

        /** Relance ce qu'elle a lancé, pour que la vérification le dise. */
        void rethrow() throws Exception {
            if (origin() instanceof Exception exception) throw exception;
            if (origin() instanceof Error error) throw error;
        }
    }

    final DemoSite site;
    final HttpClient client = HttpClient.newHttpClient();

    private Trial() {
        try {
            site = DemoSite.open(Integer.MAX_VALUE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fait la vérification sur un site neuf. Tout est fermé à la fin, même quand la réponse de l'élève reste bloquée. */
    static Verdict on(String success, Steps steps) throws InterruptedException {
        try (var trial = new Trial()) {
            return check(success, LIMIT, () -> steps.run(trial));
        }
    }

    /** Demande vraiment la page au site. */
    Page fetch(Link link) throws InterruptedException {
        try {
            return Page.of(client.send(HttpRequest.newBuilder(link.uri()).build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            return Page.none(link);
        }
    }

    /**
     * Exécute la réponse dans un thread à elle, et attend sa fin, au plus {@code limit}, davantage si la machine est occupée : elle est
     * alors interrompue. Un thread de plateforme : s'il boucle sans fin, il ne prive les threads virtuels d'aucun porteur.
     */
    static <T> Attempt<T> attempt(Duration limit, Callable<T> answer) throws InterruptedException {
        var attempt = start(answer);
        try {
            return attempt.await(limit);
        } finally {
            attempt.thread.interrupt();
        }
    }

    /** Une réponse qui s'exécute. */
    record Running<T>(Thread thread, FutureTask<T> task) {
        Attempt<T> await(Duration limit) throws InterruptedException {
            try {
                return new Attempt<>(thread, new Patience(limit).get(task), null, true);
            } catch (ExecutionException e) {
                return new Attempt<>(thread, null, e.getCause(), true);
            } catch (TimeoutException e) {
                return new Attempt<>(thread, null, null, false);
            }
        }
    }

    /** Lance la réponse, sans l'attendre. */
    static <T> Running<T> start(Callable<T> answer) {
        var task = new FutureTask<>(answer);
        return new Running<>(Thread.ofPlatform().daemon().name("réponse").start(task), task);
    }

    /** Attend que ce site ne serve plus personne, au plus {@code limit}, davantage si la machine est occupée. */
    static boolean awaitNobody(DemoSite site, Duration limit) throws InterruptedException {
        for (var patience = new Patience(limit); patience.lasts();) if (site.awaitNobody(patience.left())) return true;
        return false;
    }

    /** Le chemin de la page la plus demandée, et combien de fois. */
    Map.Entry<String, Long> mostAsked() {
        return site.visits().stream().collect(Collectors.groupingBy(DemoSite.Visit::path, TreeMap::new, Collectors.counting()))
                .entrySet().stream().max(Map.Entry.comparingByValue()).orElse(Map.entry("/", 0L));
    }

    /** Les liens vers ces pages du site. */
    List<Link> links(List<String> paths) {
        return paths.stream().map(site::link).toList();
    }

    @Override
    public void close() {
        client.shutdownNow();
        site.close();
    }
}
