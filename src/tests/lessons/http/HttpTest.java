package lessons.http;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lessons.Exercises;
import lessons.Lesson;
import lessons.NotebookRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Ce que montre la leçon 4, et ce que ses exercices disent des réponses que donnent les élèves. */
@DisplayName("leçon 4, HTTP")
class HttpTest {

    private static Exercises exercises;
    private static NotebookRun run;

    @BeforeAll
    @Timeout(300)
    static void runOnce() throws Exception {
        var lesson = Lesson.of("04-http");
        exercises = answers(new Exercises(lesson));
        // les exercices passent après la fermeture : ils rouvrent le client ; on ferme donc une seconde fois
        var plan = new NotebookRun.Plan(lesson).runAll().await("news", 1, "fin de l'abonnement");
        run = exercises.addTo(plan).run("closing").execute();
    }

    private static Exercises answers(Exercises exercises) {
        return exercises
                .refused(1, "l'une après l'autre", """
                        List<Integer> statuses(List<URI> uris, int places) throws Exception {
                            var statuses = new ArrayList<Integer>();
                            for (var uri : uris) statuses.add(get(uri).statusCode());
                            return statuses;
                        }""", "jamais vu deux demandes à la fois")
                .refused(1, "chaque demande est attendue avant de lancer la suivante", """
                        List<Integer> statuses(List<URI> uris, int places) throws Exception {
                            var statuses = new ArrayList<Integer>();
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                                for (var uri : uris) statuses.add(threads.submit(() -> get(uri).statusCode()).get());
                            }
                            return statuses;
                        }""", "jamais vu deux demandes à la fois")
                .refused(1, "sans régulateur", """
                        List<Integer> statuses(List<URI> uris, int places) throws Exception {
                            var jobs = uris.stream().map(uri -> (Callable<Integer>) () -> get(uri).statusCode()).toList();
                            var statuses = new ArrayList<Integer>();
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                                for (var answer : threads.invokeAll(jobs)) statuses.add(answer.get());
                            }
                            return statuses;
                        }""", "demandes à la fois, au lieu de 4 au plus")
                .refused(1, "un régulateur par demande", """
                        List<Integer> statuses(List<URI> uris, int places) throws Exception {
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                                var futures = new ArrayList<Future<Integer>>();
                                for (var uri : uris) futures.add(threads.submit(() -> {
                                    try (var place = new Throttle(places).enter()) { return get(uri).statusCode(); }
                                }));
                                var statuses = new ArrayList<Integer>();
                                for (var future : futures) statuses.add(future.get());
                                return statuses;
                            }
                        }""", "demandes à la fois, au lieu de 4 au plus")
                .refused(1, "place rendue avant la demande", """
                        List<Integer> statuses(List<URI> uris, int places) throws Exception {
                            var throttle = new Throttle(places);
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                                var futures = new ArrayList<Future<Integer>>();
                                for (var uri : uris) {
                                    try (var place = throttle.enter()) { futures.add(threads.submit(() -> get(uri).statusCode())); }
                                }
                                var statuses = new ArrayList<Integer>();
                                for (var future : futures) statuses.add(future.get());
                                return statuses;
                            }
                        }""", "garder leur place jusqu’à la réponse")
                .refused(1, "dans l'ordre d'arrivée", """
                        List<Integer> statuses(List<URI> uris, int places) throws Exception {
                            var throttle = new Throttle(places);
                            var statuses = new CopyOnWriteArrayList<Integer>();
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                                for (var uri : uris) threads.submit(() -> {
                                    try (var place = throttle.enter()) { statuses.add(get(uri).statusCode()); }
                                    return null;
                                });
                            }
                            return statuses;
                        }""", "pas dans l’ordre des adresses")
                .refused(1, "seulement les pages réussies", """
                        List<Integer> statuses(List<URI> uris, int places) throws Exception {
                            var throttle = new Throttle(places);
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                                var futures = new ArrayList<Future<Integer>>();
                                for (var uri : uris) futures.add(threads.submit(() -> {
                                    try (var place = throttle.enter()) { return get(uri).statusCode(); }
                                }));
                                var statuses = new ArrayList<Integer>();
                                for (var future : futures) if (future.get() == 200) statuses.add(200);
                                return statuses;
                            }
                        }""", "10 codes pour 12 adresses")
                .refused(1, "la place n'est jamais rendue", """
                        List<Integer> statuses(List<URI> uris, int places) throws Exception {
                            var throttle = new Throttle(places);
                            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                                var futures = new ArrayList<Future<Integer>>();
                                for (var uri : uris) futures.add(threads.submit(() -> { throttle.enter(); return get(uri).statusCode(); }));
                                var statuses = new ArrayList<Integer>();
                                for (var future : futures) statuses.add(future.get());
                                return statuses;
                            }
                        }""", "n’a pas fini")
                .accepted(1, "avec sendAsync et un sémaphore", """
                        List<Integer> statuses(List<URI> uris, int places) throws Exception {
                            var semaphore = new Semaphore(places);
                            var answers = new ArrayList<CompletableFuture<Integer>>();
                            for (var uri : uris) {
                                semaphore.acquire();
                                answers.add(client().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                                        .whenComplete((answer, failure) -> semaphore.release()).thenApply(HttpResponse::statusCode));
                            }
                            return answers.stream().map(CompletableFuture::join).toList();
                        }""")
                .accepted(1, "avec autant de threads que de places", """
                        List<Integer> statuses(List<URI> uris, int places) throws Exception {
                            try (var threads = Executors.newFixedThreadPool(places)) {
                                var jobs = uris.stream().map(uri -> (Callable<Integer>) () -> get(uri).statusCode()).toList();
                                var statuses = new ArrayList<Integer>();
                                for (var answer : threads.invokeAll(jobs)) statuses.add(answer.get());
                                return statuses;
                            }
                        }""")

                .refused(2, "un seul essai", patient("return client().send(request, BodyHandlers.ofString());"), "n’a pas été répétée")
                .refused(2, "réessaie tout ce qui n'est pas 200", patient("""
                        for (int attempt = 1, pause = 100; ; attempt++, pause *= 2) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() == 200 || attempt == 4) return response;
                            Thread.sleep(pause);
                        }"""), "page absente (404) a été demandée 4 fois")
                .refused(2, "insiste sans fin", patient("""
                        for (int pause = 100; ; pause = Math.min(400, 2 * pause)) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() != 503) return response;
                            Thread.sleep(pause);
                        }"""), "il faut savoir renoncer")
                .refused(2, "trois essais au lieu de quatre", patient("""
                        for (int attempt = 1, pause = 100; ; attempt++, pause *= 2) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() != 503 || attempt == 3) return response;
                            Thread.sleep(pause);
                        }"""), "faites 4 essais en tout")
                .refused(2, "sans pause", patient("""
                        for (int attempt = 1; ; attempt++) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() != 503 || attempt == 4) return response;
                        }"""), "n’attend pas assez")
                .refused(2, "toujours la même pause", patient("""
                        for (int attempt = 1; ; attempt++) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() != 503 || attempt == 4) return response;
                            Thread.sleep(100);
                        }"""), "ne doublent pas")
                .refused(2, "oublie Retry-After", patient("""
                        for (int attempt = 1, pause = 100; ; attempt++, pause *= 2) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() != 503 || attempt == 4) return response;
                            Thread.sleep(pause);
                        }"""), "Retry-After: 1")
                .refused(2, "se trompe d'unité dans Retry-After", patient("""
                        for (int attempt = 1, pause = 100; ; attempt++, pause *= 2) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() != 503 || attempt == 4) return response;
                            Thread.sleep(response.headers().firstValueAsLong("Retry-After").orElse(pause));
                        }"""), "Retry-After: 1")
                .refused(2, "répète un POST", patient("""
                        for (int attempt = 1, pause = 100; ; attempt++, pause *= 2) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() != 503 || attempt == 4) return response;
                            var seconds = response.headers().firstValueAsLong("Retry-After");
                            Thread.sleep(seconds.isPresent() ? 1000 * seconds.getAsLong() : pause);
                        }"""), "un POST a été envoyé 4 fois")
                .refused(2, "lance une exception à la fin", patient("""
                        for (int attempt = 1, pause = 100; attempt <= 4; attempt++, pause *= 2) {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (response.statusCode() != 503) return response;
                            Thread.sleep(pause);
                        }
                        throw new IOException("trop d'essais");"""), "IOException : trop d'essais")
                .accepted(2, "par récursion, avec du hasard", """
                        HttpResponse<String> again(HttpRequest request, int left, int pause) throws Exception {
                            var response = client().send(request, BodyHandlers.ofString());
                            if (left == 0 || response.statusCode() != 503 || !request.method().equals("GET")) return response;
                            var asked = response.headers().firstValue("Retry-After").map(s -> Duration.ofSeconds(Integer.parseInt(s)));
                            Thread.sleep(asked.orElse(Duration.ofMillis(pause + new Random().nextInt(50))));
                            return again(request, left - 1, 2 * pause);
                        }
                        HttpResponse<String> patient(HttpRequest request) throws Exception { return again(request, 3, 100); }""")

                .refused(3, "get sans limite", within("""
                        return client().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).get().body();"""),
                        "n’a pas fini en 10 secondes")
                .refused(3, "get avec une durée, sans annuler", within("""
                        var answer = client().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
                        return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS).body();"""), "l’échange est resté ouvert")
                .refused(3, "orTimeout", within("""
                        return client().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                                .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).get().body();"""), "l’échange est resté ouvert")
                .refused(3, "orTimeout, puis annule la future qui a déjà échoué", within("""
                        var answer = client().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                                .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
                        try { return answer.get().body(); } finally { answer.cancel(true); }"""), "l’échange est resté ouvert")
                .refused(3, "rend un texte vide au lieu de l'exception", within("""
                        var answer = client().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
                        try { return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS).body(); }
                        catch (TimeoutException late) { answer.cancel(true); return null; }"""), "lancez une exception")
                .refused(3, "annule sans attendre", within("""
                        var answer = client().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
                        answer.cancel(true);
                        return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS).body();"""), "votre code lance")
                .refused(3, "annule, puis lance autre chose", within("""
                        var answer = client().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
                        try { return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS).body(); }
                        catch (TimeoutException late) { answer.cancel(true); throw new IllegalStateException("trop tard"); }"""),
                        "votre code lance IllegalStateException")
                .accepted(3, "send dans un thread virtuel que l'on interrompt", within("""
                        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                            var answer = threads.submit(() -> client().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()));
                            try { return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS).body(); }
                            finally { answer.cancel(true); }
                        }"""))
                .accepted(3, "un client pour cette demande, arrêté à la fin", within("""
                        var own = HttpClient.newHttpClient();
                        try {
                            return own.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                                    .get(limit.toMillis(), TimeUnit.MILLISECONDS).body();
                        } finally { own.shutdownNow(); }"""));
    }

    private static String patient(String body) {
        return "HttpResponse<String> patient(HttpRequest request) throws Exception {\n" + body.indent(4) + "}";
    }

    private static String within(String body) {
        return "String within(URI uri, Duration limit) throws Exception {\n" + body.indent(4) + "}";
    }

    @Test
    @DisplayName("aucune cellule en erreur")
    void clean() {
        run.assertClean();
    }

    @Test
    @DisplayName("l'une après l'autre : huit visites, une à la fois")
    void oneByOne() {
        assertTrue(title("one-by-one", 0).matches("8 visites en .*, au plus 1 à la fois"), title("one-by-one", 0));
    }

    @Test
    @DisplayName("huit demandes ensemble : l'unique thread du serveur les sert une à une, les threads virtuels toutes à la fois")
    void bothSides() {
        assertTrue(title("both-sides", 0).endsWith("au plus 1 à la fois"), title("both-sides", 0));
        assertTrue(title("both-sides", 1).endsWith("au plus 8 à la fois"), title("both-sides", 1));
        assertTrue(ratio("both-sides") > 0, () -> run.first("both-sides").text());
    }

    @Test
    @DisplayName("sendAsync, quarante à la fois : le serveur en refuse, et chaque refus est une barre rouge")
    void sendAsync() {
        var counts = counts("send-async");
        assertEquals(40, counts.stream().mapToInt(count -> count[1]).sum());
        assertEquals(List.of(200, 503), counts.stream().map(count -> count[0]).toList());
        var refused = counts.getLast()[1];
        assertTrue(title("send-async", 0).endsWith("au plus 10 à la fois ; " + refused + " refusées, en rouge"), title("send-async", 0));
        assertEquals(refused, run.first("send-async").svg().split("fill=\"#c22f2f\"", -1).length - 1);
    }

    @Test
    @DisplayName("avec un régulateur : les quarante pages, et jamais plus de dix à la fois")
    void throttled() {
        assertEquals("{200=40}", run.first("throttled").lines().getFirst());
        assertTrue(run.first("throttled").text().contains("au plus 10 à la fois"), () -> run.first("throttled").text());
        assertTrue(ratio("throttled") > 1, () -> run.first("throttled").text());
    }

    @Test
    @DisplayName("cinq sorts : une phrase chacun, un 404 n'est pas un échec, et le message de ConnectException est null")
    void fates() {
        var fates = run.first("tell").lines().stream().map(line -> line.replaceFirst("http://127.0.0.1:\\d+", "")).toList();
        assertEquals(
                List.of("/page : réponse 200", "/absente : réponse 404", "/coupure : coupure (HTTP/1.1 header parser received no bytes)",
                        "/muette : rien en trois secondes", "/ : personne ici (null)"),
                fates);
    }

    @Test
    @DisplayName("réessayer : trois refus, des pauses qui doublent, puis la page")
    void retry() {
        var lines = run.first("retry").lines();
        assertEquals(List.of("503, pause d'au moins 100 ms", "503, pause d'au moins 200 ms", "503, pause d'au moins 400 ms", "200, enfin"),
                lines.stream().skip(1).map(line -> line.replaceFirst("^\\d+s \\+ \\d+ms ", "")).toList());
        assertTrue(run.first("retry").seconds() >= 0.7);
    }

    @Test
    @DisplayName("annuler : la limite n'a rien arrêté, l'annulation oui, et le serveur a vu partir son client")
    void cancel() {
        // à partir de Java 26, la limite d'une demande couvre aussi le corps de la réponse
        var limited = Runtime.version().feature() >= 26;
        assertEquals(
                List.of("après une seconde : " + (limited ? "FAILED ; annulée : false" : "RUNNING ; annulée : true"),
                        "client parti : true"),
                run.first("cancel").lines());
    }

    @Test
    @DisplayName("les nouvelles arrivent sous leur cellule, après sa fin, dans l'ordre, jusqu'à la fermeture")
    void news() {
        var lines = run.first("news").lateLines().stream().map(line -> line.replaceFirst("^\\d+s \\+ \\d+ms ", "")).toList();
        assertTrue(lines.size() >= 4, lines::toString);
        assertEquals("fin de l'abonnement", lines.getLast());
        var all = run.first("news").lines("data: ");
        for (int i = 0; i < all.size(); i++) assertTrue(all.get(i).endsWith("data: nouvelle " + (i + 1)), all::toString);
    }

    @Test
    @DisplayName("JSON : la commande devient une addition")
    void json() {
        assertEquals("Bill[what=café, euros=4.5]", run.first("json").result());
    }

    @Test
    @DisplayName("le gros corps est lu en entier, et la barre va au bout")
    void download() {
        assertEquals(List.of("2621440 octets lus sur 2621440, un bloc à la fois en mémoire"), run.first("download").lines());
        assertTrue(run.first("download").text().contains("40 / 40"), () -> run.first("download").text());
    }

    @Test
    @DisplayName("à la fin, rien ne reste ouvert ; et non plus après les exercices, qui rouvrent le client")
    void nothingLeft() {
        for (var closing : run.all("closing")) {
            assertTrue(closing.lines().size() >= 3, () -> closing.text());
            assertTrue(closing.lines().stream().allMatch(line -> line.endsWith(", 0 après")), () -> closing.text());
        }
        assertEquals(2, run.all("closing").size());
        assertTrue(run.first("closing").lines().stream().noneMatch(line -> line.contains(" 0 avant")), () -> run.first("closing").text());
    }

    @TestFactory
    @DisplayName("exercices")
    Stream<DynamicTest> answerTests() {
        return exercises.tests(run);
    }

    /** Le titre du n-ième dessin de cette cellule. */
    private static String title(String cell, int number) {
        var titles = Pattern.compile("font-weight=\"bold\">([^<]*)<").matcher(run.first(cell).svg()).results().map(match -> match.group(1))
                .toList();
        return titles.get(number);
    }

    /** Le rapport que la cellule affiche. */
    private static double ratio(String cell) {
        var matcher = Pattern.compile("(\\d+)[.,](\\d) fois plus vite").matcher(run.first(cell).text());
        assertTrue(matcher.find(), () -> run.first(cell).text());
        return Double.parseDouble(matcher.group(1) + "." + matcher.group(2));
    }

    /** Les codes de réponse et leurs nombres : {@code {200=10, 503=30}}. */
    private static List<int[]> counts(String cell) {
        return Pattern.compile("(\\d+)=(\\d+)").matcher(run.first(cell).lines().getFirst()).results()
                .map(match -> new int[] {Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2))}).toList();
    }
}
